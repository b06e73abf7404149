<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AnkleViewer</name>
    <message>
        <source> Also: {}</source>
        <translation>此外：{}</translation>
    </message>
    <message>
        <source> or </source>
        <translation>或</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Measure</source>
        <translation>测量(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Planes</source>
        <translation>平面(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>1 to 6</source>
        <translation>1 至 6</translation>
    </message>
    <message>
        <source>3D menu</source>
        <translation>3D 菜单</translation>
    </message>
    <message>
        <source>3D standard views; a click on bone takes the slices there</source>
        <translation>3D 标准视角；单击骨面，各切面随之到达该处</translation>
    </message>
    <message>
        <source>3D view</source>
        <translation>3D 视图</translation>
    </message>
    <message>
        <source>3D view of the bones</source>
        <translation>骨骼的 3D 视图</translation>
    </message>
    <message>
        <source>3D view: {view}</source>
        <translation>3D 视图：{view}</translation>
    </message>
    <message>
        <source>3D: crop box, reset it</source>
        <translation>3D：裁剪框，重置裁剪框</translation>
    </message>
    <message>
        <source>3D: slice planes off, as frames, with pictures</source>
        <translation>3D：切面关闭、显示边框、显示图像</translation>
    </message>
    <message>
        <source>3D: spin; the box from three sides</source>
        <translation>3D：自动旋转；从三个方向观察框</translation>
    </message>
    <message>
        <source>A NIfTI file (.nii, .nii.gz), a folder of DICOM files, or a ZIP of either</source>
        <translation>NIfTI 文件（.nii、.nii.gz）、DICOM 文件夹，或含其一的 ZIP 文件</translation>
    </message>
    <message>
        <source>A deflated file does not say where its data begin.</source>
        <translation>一个压缩的 DICOM 文件未说明其数据的起始位置。</translation>
    </message>
    <message>
        <source>A file in the ZIP holds more than it claims.</source>
        <translation>ZIP 中有文件的实际内容超过其声明的大小。</translation>
    </message>
    <message>
        <source>A file is neither DICOM nor any other scan.</source>
        <translation>有文件既不是 DICOM，也不是其他扫描。</translation>
    </message>
    <message>
        <source>A fracture is there (A); again takes it back</source>
        <translation>此处有骨折 (A)；再按一次撤回</translation>
    </message>
    <message>
        <source>A key that is held down must be one key alone, without Ctrl, Shift or Alt.</source>
        <translation>需按住的键必须是单个键，不带 Ctrl、Shift 或 Alt。</translation>
    </message>
    <message>
        <source>A name in the ZIP file leads out of its folder; it was made to do harm.</source>
        <translation>ZIP 文件中有名称指向其文件夹之外；该文件带有恶意。</translation>
    </message>
    <message>
        <source>A place that you marked and the model did not: show it in every view</source>
        <translation>由您标记而模型未标出的位置：在所有视图中显示</translation>
    </message>
    <message>
        <source>A scan that shows the distal tibia, the fibula and the talus together can be assessed.</source>
        <translation>同时包含胫骨远端、腓骨和距骨的扫描才能评估。</translation>
    </message>
    <message>
        <source>About AnkleViewer</source>
        <translation>关于 AnkleViewer</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Accessory ossicle</source>
        <translation>副骨</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>All images of the series lie at the same place.</source>
        <translation>该序列的所有图像位于同一位置。</translation>
    </message>
    <message>
        <source>All models</source>
        <translation>所有模型</translation>
    </message>
    <message>
        <source>All points belong on one slice: it is shown again</source>
        <translation>所有点须在同一层面：已重新显示该层面</translation>
    </message>
    <message>
        <source>All values seem to be about {} HU off: air is expected at {} to {} HU. Export the scan again with its rescale intercept.</source>
        <translation>所有数值似乎偏移约 {} HU：空气应为 {} 至 {} HU。请连同 Rescale Intercept 重新导出扫描。</translation>
    </message>
    <message>
        <source>Alt + 1 to 4</source>
        <translation>Alt + 1 至 4</translation>
    </message>
    <message>
        <source>An image decodes to {}, its header says {}.</source>
        <translation>有图像解码后为 {}，其头信息为 {}。</translation>
    </message>
    <message>
        <source>An image file of the series holds no pixels.</source>
        <translation>该序列有图像文件不含像素。</translation>
    </message>
    <message>
        <source>An image is cut off: {} bytes of pixels, {} are needed.</source>
        <translation>有图像被截断：像素数据 {} 字节，需要 {} 字节。</translation>
    </message>
    <message>
        <source>An image is damaged or cut off and cannot be decoded.</source>
        <translation>有图像损坏或被截断，无法解码。</translation>
    </message>
    <message>
        <source>Analyse</source>
        <translation>分析</translation>
    </message>
    <message>
        <source>Analysing</source>
        <translation>正在分析</translation>
    </message>
    <message>
        <source>Angle</source>
        <translation>角度</translation>
    </message>
    <message>
        <source>Angle at the second of three points.</source>
        <translation>三点中第二点处的角度。</translation>
    </message>
    <message>
        <source>Ankle of unknown side</source>
        <translation>侧别未知的踝关节</translation>
    </message>
    <message>
        <source>Ankle shown</source>
        <translation>当前显示的踝关节</translation>
    </message>
    <message>
        <source>Ankle, side unknown</source>
        <translation>踝关节，侧别未知</translation>
    </message>
    <message>
        <source>Answer of the model</source>
        <translation>模型的结论</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Artefact</source>
        <translation>伪影</translation>
    </message>
    <message>
        <source>Articular step-off and gap</source>
        <translation>关节面台阶与间隙</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Assessed: {parts}. Not assessed: calcaneus, midfoot, soft tissue, and the fibula above the scan; a Maisonneuve injury is not excluded.</source>
        <translation>已评估：{parts}。未评估：跟骨、中足、软组织以及扫描范围以上的腓骨；不能排除 Maisonneuve 损伤。</translation>
    </message>
    <message>
        <source>Assign</source>
        <translation>指定</translation>
    </message>
    <message>
        <source>Axial</source>
        <translation>轴位</translation>
    </message>
    <message>
        <source>Back to the scan&apos;s own planes</source>
        <translation>恢复扫描原始平面</translation>
    </message>
    <message>
        <source>Between the others, side unknown</source>
        <translation>位于其他踝关节之间，侧别未知</translation>
    </message>
    <message>
        <source>Bone</source>
        <translation>骨窗</translation>
    </message>
    <message>
        <source>Both ankles side by side</source>
        <translation>双踝并排对比</translation>
    </message>
    <message>
        <source>Box edited · back to the model&apos;s</source>
        <translation>框已修改 · 恢复模型的框</translation>
    </message>
    <message>
        <source>Box from three sides</source>
        <translation>从三个方向观察框</translation>
    </message>
    <message>
        <source>Box from three sides…</source>
        <translation>从三个方向观察框…</translation>
    </message>
    <message>
        <source>Box of finding {number}</source>
        <translation>发现 {number} 的框</translation>
    </message>
    <message>
        <source>Boxes</source>
        <translation>框</translation>
    </message>
    <message>
        <source>Boxes on or off (B)</source>
        <translation>显示或隐藏框 (B)</translation>
    </message>
    <message>
        <source>Boxes, places and per cent come from the model&apos;s fine map ({cells}³ cells), not from this one</source>
        <translation>框、位置和百分比来自模型的精细热图（{cells}³ 个单元），而非此图</translation>
    </message>
    <message>
        <source>CT series, {} slices</source>
        <translation>CT 序列，{} 层</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cannot open: {text}</source>
        <translation>无法打开：{text}</translation>
    </message>
    <message>
        <source>Change keys</source>
        <translation>更改快捷键</translation>
    </message>
    <message>
        <source>Change keys…</source>
        <translation>更改快捷键…</translation>
    </message>
    <message>
        <source>Checking</source>
        <translation>正在检查</translation>
    </message>
    <message>
        <source>Checking the scan</source>
        <translation>正在检查扫描</translation>
    </message>
    <message>
        <source>Choose a command in the table.</source>
        <translation>请在表中选择一个命令。</translation>
    </message>
    <message>
        <source>Click or Enter sets it  ·  Backspace: one back  ·  Esc: end</source>
        <translation>单击或 Enter 定点  ·  Backspace：退回一点  ·  Esc：结束</translation>
    </message>
    <message>
        <source>Click, Enter</source>
        <translation>单击、Enter</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>关闭此消息</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Commands and their keys</source>
        <translation>命令及其快捷键</translation>
    </message>
    <message>
        <source>Copy picture of the view</source>
        <translation>复制当前视图的图像</translation>
    </message>
    <message>
        <source>Copy picture of the window</source>
        <translation>复制整个窗口的图像</translation>
    </message>
    <message>
        <source>Corner text</source>
        <translation>四角信息</translation>
    </message>
    <message>
        <source>Coronal</source>
        <translation>冠状位</translation>
    </message>
    <message>
        <source>Crop box</source>
        <translation>裁剪框</translation>
    </message>
    <message>
        <source>Cropped: not all bone is shown</source>
        <translation>已裁剪：未显示全部骨骼</translation>
    </message>
    <message>
        <source>Crosshair</source>
        <translation>十字线</translation>
    </message>
    <message>
        <source>Ctrl + arrows</source>
        <translation>Ctrl + 方向键</translation>
    </message>
    <message>
        <source>Ctrl + arrows move, with Shift right and lower edge  ·  Backspace: the model&apos;s own  ·  E, Esc: end</source>
        <translation>Ctrl + 方向键移动框，加 Shift 移动右边和下边  ·  Backspace：恢复模型的框  ·  E、Esc：结束</translation>
    </message>
    <message>
        <source>Ctrl+C, Ctrl+Shift+C</source>
        <translation>Ctrl+C、Ctrl+Shift+C</translation>
    </message>
    <message>
        <source>Ctrl+S, Ctrl+Shift+S</source>
        <translation>Ctrl+S、Ctrl+Shift+S</translation>
    </message>
    <message>
        <source>Ctrl+Z, Ctrl+Shift+Z</source>
        <translation>Ctrl+Z、Ctrl+Shift+Z</translation>
    </message>
    <message>
        <source>D, Shift+D</source>
        <translation>D、Shift+D</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Distance</source>
        <translation>距离</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Double-click</source>
        <translation>双击</translation>
    </message>
    <message>
        <source>Drag a point, Del</source>
        <translation>拖动测量点、Del</translation>
    </message>
    <message>
        <source>Drag an edge or a corner; inside moves the box</source>
        <translation>拖动边或角；在框内拖动则移动框</translation>
    </message>
    <message>
        <source>Drag the end of a crosshair line</source>
        <translation>拖动十字线的末端</translation>
    </message>
    <message>
        <source>Drop an ankle CT here</source>
        <translation>将踝关节 CT 拖放到此处</translation>
    </message>
    <message>
        <source>Edit the box</source>
        <translation>编辑框</translation>
    </message>
    <message>
        <source>Ellipse on a slice: Hounsfield units of the scan&apos;s own voxels inside it, and its area.</source>
        <translation>层面上的椭圆：其内原始体素的 CT 值（HU）及面积。</translation>
    </message>
    <message>
        <source>End</source>
        <translation>结束</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Explaining the answer</source>
        <translation>正在解释结论</translation>
    </message>
    <message>
        <source>F&amp;indings</source>
        <translation>发现(&amp;I)</translation>
    </message>
    <message>
        <source>F, Shift+F</source>
        <translation>F、Shift+F</translation>
    </message>
    <message>
        <source>Fill</source>
        <translation>填充</translation>
    </message>
    <message>
        <source>Fill the heat map</source>
        <translation>填充热图</translation>
    </message>
    <message>
        <source>Filled map instead of its outline (O)</source>
        <translation>以填充代替轮廓显示热图 (O)</translation>
    </message>
    <message>
        <source>Find a command or a key</source>
        <translation>查找命令或快捷键</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>发现</translation>
    </message>
    <message>
        <source>Finding {number}</source>
        <translation>发现 {number}</translation>
    </message>
    <message>
        <source>Finding {number}: {tip}</source>
        <translation>发现 {number}：{tip}</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>发现</translation>
    </message>
    <message>
        <source>Fit the ankle</source>
        <translation>缩放至踝关节</translation>
    </message>
    <message>
        <source>Fit the whole scan</source>
        <translation>缩放至整个扫描</translation>
    </message>
    <message>
        <source>For information, no diagnosis: {text}</source>
        <translation>仅供参考，并非诊断：{text}</translation>
    </message>
    <message>
        <source>For information: {text}</source>
        <translation>供参考：{text}</translation>
    </message>
    <message>
        <source>Four views</source>
        <translation>四视图</translation>
    </message>
    <message>
        <source>Fracture</source>
        <translation>骨折</translation>
    </message>
    <message>
        <source>Frames of the slice planes</source>
        <translation>显示切面边框</translation>
    </message>
    <message>
        <source>From above (right side on screen right)</source>
        <translation>从上方（右侧位于屏幕右侧）</translation>
    </message>
    <message>
        <source>From behind</source>
        <translation>从后方</translation>
    </message>
    <message>
        <source>From the feet</source>
        <translation>从足侧</translation>
    </message>
    <message>
        <source>From the front</source>
        <translation>从前方</translation>
    </message>
    <message>
        <source>From the left</source>
        <translation>从左侧</translation>
    </message>
    <message>
        <source>From the right</source>
        <translation>从右侧</translation>
    </message>
    <message>
        <source>Front</source>
        <translation>前视</translation>
    </message>
    <message>
        <source>Give finding {number} the model&apos;s own box again</source>
        <translation>让发现 {number} 恢复模型的框</translation>
    </message>
    <message>
        <source>Go to finding</source>
        <translation>转到发现</translation>
    </message>
    <message>
        <source>Growth plate or its scar</source>
        <translation>骺板或骺线</translation>
    </message>
    <message>
        <source>Heat</source>
        <translation>热图</translation>
    </message>
    <message>
        <source>Heat map</source>
        <translation>热图</translation>
    </message>
    <message>
        <source>Heat map on or off (G)</source>
        <translation>显示或隐藏热图 (G)</translation>
    </message>
    <message>
        <source>Heat map threshold</source>
        <translation>热图阈值</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Hide patient and file names</source>
        <translation>隐藏患者姓名和文件名</translation>
    </message>
    <message>
        <source>Hide the list of measures</source>
        <translation>隐藏测量列表</translation>
    </message>
    <message>
        <source>Highest HU (MIP)</source>
        <translation>最大密度投影 (MIP)</translation>
    </message>
    <message>
        <source>Home, End</source>
        <translation>Home、End</translation>
    </message>
    <message>
        <source>Is a directory</source>
        <translation>是一个文件夹</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Keys and mouse</source>
        <translation>快捷键与鼠标</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>布局</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>左视</translation>
    </message>
    <message>
        <source>Left ankle</source>
        <translation>左踝</translation>
    </message>
    <message>
        <source>Left button scrolls</source>
        <translation>左键滚动</translation>
    </message>
    <message>
        <source>A pixel measures {} × {} mm; 0.01 to 20 mm are expected.</source>
        <translation>像素大小为 {} × {} mm；应为 0.01 至 20 mm。</translation>
    </message>
    <message>
        <source>25 % is an old limit for fixation; a review found no consensus on any size (van den Bekerom et al., J Trauma 2009; 66: 279). On lateral radiographs the share of the joint&apos;s area is estimated 1.8 times too large (Meijer et al., Injury 2015; 46: 2024).</source>
        <translation>25 % 是一个旧的固定界限；一篇综述未发现关于任何大小的共识 (van den Bekerom et al., J Trauma 2009; 66: 279)。在侧位 X 线片上，关节面面积所占比例被高估 1.8 倍 (Meijer et al., Injury 2015; 46: 2024)。</translation>
    </message>
    <message>
        <source>A difference of more than 2 mm between front and back was called malreduced after fixation (Gardner et al., Foot Ankle Int 2006; 27: 788); in uninjured ankles it is as large (2 mm in front, 4 mm behind: Elgafy et al., Skeletal Radiol 2010; 39: 559). Compare the other side: uninjured, it differs by no more than 2.3 mm (Dikos et al., J Orthop Trauma 2012; 26: 433).</source>
        <translation>固定术后前后差异超过 2 mm 曾被称为复位不良 (Gardner et al., Foot Ankle Int 2006; 27: 788)；未受伤的踝关节差异同样大（前方 2 mm，后方 4 mm：Elgafy et al., Skeletal Radiol 2010; 39: 559）。请与对侧比较：未受伤者两侧相差不超过 2.3 mm (Dikos et al., J Orthop Trauma 2012; 26: 433)。</translation>
    </message>
    <message>
        <source>A second place ({share} %) lies {where}.</source>
        <translation>第二处（{share}%）位于{where}。</translation>
    </message>
    <message>
        <source>A slab is shown: points and regions lie on its middle slice</source>
        <translation>当前显示厚层：点和区域位于其中间层面上</translation>
    </message>
    <message>
        <source>Another ankle is shown: begin again</source>
        <translation>已显示另一踝关节：请重新开始</translation>
    </message>
    <message>
        <source>Ctrl+O, Ctrl+Shift+O, Ctrl+E</source>
        <translation>Ctrl+O、Ctrl+Shift+O、Ctrl+E</translation>
    </message>
    <message>
        <source>Ctrl+R, Ctrl+Shift+R, Ctrl+P</source>
        <translation>Ctrl+R、Ctrl+Shift+R、Ctrl+P</translation>
    </message>
    <message>
        <source>Finding {number}: centre {voxel} (scan voxel);  {cell} (model grid);  both from 0</source>
        <translation>发现 {number}：中心 {voxel}（扫描体素）；{cell}（模型网格）；均从 0 起计</translation>
    </message>
    <message>
        <source>Held down</source>
        <translation>按住</translation>
    </message>
    <message>
        <source>In software: slow, and without the heat map&apos;s colours.</source>
        <translation>软件渲染：较慢，且不显示热图颜色。</translation>
    </message>
    <message>
        <source>Left button: window and level (like OHIF)</source>
        <translation>左键：窗宽/窗位（同 OHIF）</translation>
    </message>
    <message>
        <source>Left drag</source>
        <translation>左键拖动</translation>
    </message>
    <message>
        <source>Left out, since they are no slices of this scan: {}.</source>
        <translation>因不属于此扫描的层面而略去：{}。</translation>
    </message>
    <message>
        <source>Leg and foot could not be told apart in this scan.</source>
        <translation>此扫描中无法区分小腿与足。</translation>
    </message>
    <message>
        <source>Lengths were converted to millimetres from the unit in the header.</source>
        <translation>长度已从头信息中的单位换算为毫米。</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Lightbox</source>
        <translation>多幅排列</translation>
    </message>
    <message>
        <source>Like 3D Slicer</source>
        <translation>同 3D Slicer</translation>
    </message>
    <message>
        <source>Log saved</source>
        <translation>日志已保存</translation>
    </message>
    <message>
        <source>Looking for the ankle</source>
        <translation>正在查找踝关节</translation>
    </message>
    <message>
        <source>Lower the threshold</source>
        <translation>降低阈值</translation>
    </message>
    <message>
        <source>Lowest HU (MinIP)</source>
        <translation>最小密度投影 (MinIP)</translation>
    </message>
    <message>
        <source>Mean HU</source>
        <translation>平均密度</translation>
    </message>
    <message>
        <source>Mean {} mm</source>
        <translation>平均 {} mm</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Measure {number}: {name}, {values}: show it in every view</source>
        <translation>测量 {number}：{name}，{values}：在所有视图中显示</translation>
    </message>
    <message>
        <source>Measures ({count})</source>
        <translation>测量（{count}）</translation>
    </message>
    <message>
        <source>Medial clear space</source>
        <translation>内侧间隙</translation>
    </message>
    <message>
        <source>Medial malleolus to talus, square to both borders, in the mortise view or the coronal slice nearest to it. As Murphy et al., Orthopedics 2014; 37: e449.</source>
        <translation>内踝至距骨，垂直于两侧边缘，在踝穴位或最接近它的冠状面上测量。参照 Murphy et al., Orthopedics 2014; 37: e449。</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>菜单</translation>
    </message>
    <message>
        <source>Middle drag</source>
        <translation>中键拖动</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Model grid</source>
        <translation>模型网格</translation>
    </message>
    <message>
        <source>Model {} and its manifest disagree on how scans are prepared.</source>
        <translation>模型 {} 与其清单对扫描预处理方式的说明不一致。</translation>
    </message>
    <message>
        <source>Model {} and its manifest disagree on its values for {}.</source>
        <translation>模型 {} 与其清单中 {} 的值不一致。</translation>
    </message>
    <message>
        <source>Model {} contradicts itself ({}); it was not assessed.</source>
        <translation>模型 {} 自相矛盾（{}）；未作评估。</translation>
    </message>
    <message>
        <source>Model {} did not assess every ankle. {}</source>
        <translation>模型 {} 仅评估了部分踝关节。{}</translation>
    </message>
    <message>
        <source>Model {} does not say how scans are prepared for it.</source>
        <translation>模型 {} 未说明扫描的预处理方式。</translation>
    </message>
    <message>
        <source>Model {} gave no number for this scan; it was not assessed.</source>
        <translation>模型 {} 对此扫描未给出数值；未作评估。</translation>
    </message>
    <message>
        <source>Model {} takes volumes of another size than its manifest says.</source>
        <translation>模型 {} 所接受的体数据尺寸与其清单所述不符。</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>More than 1 mm of step-off left after treatment of a trimalleolar fracture went with more osteoarthritis (Verhage et al., Arch Orthop Trauma Surg 2019; 139: 323). For other joints the evidence is mixed (Giannoudis et al., Injury 2010; 41: 986).</source>
        <translation>三踝骨折治疗后遗留的台阶超过 1 mm 与更多的骨关节炎相关 (Verhage et al., Arch Orthop Trauma Surg 2019; 139: 323)。其他关节的证据不一 (Giannoudis et al., Injury 2010; 41: 986)。</translation>
    </message>
    <message>
        <source>Mortise view</source>
        <translation>踝穴位</translation>
    </message>
    <message>
        <source>Most of the map ({share} %) lies {where}.</source>
        <translation>热图的大部分（{share}%）位于{where}。</translation>
    </message>
    <message>
        <source>Mouse</source>
        <translation>鼠标</translation>
    </message>
    <message>
        <source>N, Shift+N</source>
        <translation>N、Shift+N</translation>
    </message>
    <message>
        <source>Neither the fibula nor the side of the ankle could be told.</source>
        <translation>无法识别腓骨，也无法确定踝关节侧别。</translation>
    </message>
    <message>
        <source>New key</source>
        <translation>新快捷键</translation>
    </message>
    <message>
        <source>New key for the chosen command</source>
        <translation>所选命令的新快捷键</translation>
    </message>
    <message>
        <source>Next finding</source>
        <translation>下一个发现</translation>
    </message>
    <message>
        <source>Next finding (N)</source>
        <translation>下一个发现 (N)</translation>
    </message>
    <message>
        <source>Next slab mode</source>
        <translation>下一种厚层模式</translation>
    </message>
    <message>
        <source>Next slab thickness</source>
        <translation>下一档厚层厚度</translation>
    </message>
    <message>
        <source>Next way to show the slice planes</source>
        <translation>切换切面显示方式</translation>
    </message>
    <message>
        <source>No ankle joint was found in this scan; the models are made for ankles.</source>
        <translation>此扫描中未找到踝关节；模型仅适用于踝关节。</translation>
    </message>
    <message>
        <source>No answer yet</source>
        <translation>尚无结论</translation>
    </message>
    <message>
        <source>No bone to show in 3D</source>
        <translation>没有可在 3D 中显示的骨骼</translation>
    </message>
    <message>
        <source>No font on this computer can write {language}</source>
        <translation>此计算机上没有可显示 {language} 的字体</translation>
    </message>
    <message>
        <source>No fracture found</source>
        <translation>未发现骨折</translation>
    </message>
    <message>
        <source>No fracture is there (R); again takes it back</source>
        <translation>此处无骨折 (R)；再按一次撤回</translation>
    </message>
    <message>
        <source>No key</source>
        <translation>清除快捷键</translation>
    </message>
    <message>
        <source>No malleoli were found at the height of the joint.</source>
        <translation>在关节高度未找到内外踝。</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>无模型</translation>
    </message>
    <message>
        <source>No model is installed; add one with: ankleviewer models add PACK</source>
        <translation>未安装模型；请用以下命令添加：ankleviewer models add PACK</translation>
    </message>
    <message>
        <source>No model pack is installed. Add one with: ankleviewer models add PACK</source>
        <translation>未安装模型包。请用以下命令添加：ankleviewer models add PACK</translation>
    </message>
    <message>
        <source>No mortise view: no ankle was found in this scan.</source>
        <translation>无法生成踝穴位：此扫描中未找到踝关节。</translation>
    </message>
    <message>
        <source>No mortise view: {why}</source>
        <translation>无法生成踝穴位：{why}</translation>
    </message>
    <message>
        <source>No shaft of a tibia was found above this joint.</source>
        <translation>在此关节上方未找到胫骨干。</translation>
    </message>
    <message>
        <source>No slice planes</source>
        <translation>不显示切面</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>磁盘空间不足</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>文件或文件夹不存在</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>暂无</translation>
    </message>
    <message>
        <source>Not assessed</source>
        <translation>未评估</translation>
    </message>
    <message>
        <source>Not yet as accurate as a released model must be; not counted in the agreement.</source>
        <translation>尚未达到正式发布模型所需的准确度；不计入一致性。</translation>
    </message>
    <message>
        <source>Nothing there</source>
        <translation>无异常</translation>
    </message>
    <message>
        <source>Oblique planes</source>
        <translation>斜切面</translation>
    </message>
    <message>
        <source>Old, healed fracture</source>
        <translation>陈旧性愈合骨折</translation>
    </message>
    <message>
        <source>One further place is smaller.</source>
        <translation>另有一处较小。</translation>
    </message>
    <message>
        <source>One released model counted: {call}</source>
        <translation>计入一个正式发布的模型：{call}</translation>
    </message>
    <message>
        <source>One scan at a time: that of {name} is opened</source>
        <translation>一次只能打开一个扫描：正在打开 {name}</translation>
    </message>
    <message>
        <source>One scan at a time: the first is opened</source>
        <translation>一次只能打开一个扫描：正在打开第一个</translation>
    </message>
    <message>
        <source>One slice</source>
        <translation>单层</translation>
    </message>
    <message>
        <source>One three-dimensional scan is expected, this file holds {}.</source>
        <translation>需要一个三维扫描，而此文件为 {}。</translation>
    </message>
    <message>
        <source>Only single-file NIfTI (.nii, .nii.gz) is read, not a pair of .hdr and .img.</source>
        <translation>仅读取单文件 NIfTI（.nii、.nii.gz），不读取 .hdr 与 .img 的组合。</translation>
    </message>
    <message>
        <source>Opacity of the fill</source>
        <translation>填充不透明度</translation>
    </message>
    <message>
        <source>Opacity of the fill, at most 50 %</source>
        <translation>填充不透明度，最高 50%</translation>
    </message>
    <message>
        <source>Opacity of the filled map, per cent</source>
        <translation>热图填充的不透明度（百分比）</translation>
    </message>
    <message>
        <source>Open a folder of DICOM files</source>
        <translation>打开 DICOM 文件夹</translation>
    </message>
    <message>
        <source>Open a scan</source>
        <translation>打开扫描</translation>
    </message>
    <message>
        <source>Open file…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Open folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Open the CT series of this examination.</source>
        <translation>请打开此次检查的 CT 序列。</translation>
    </message>
    <message>
        <source>Open the sample scan</source>
        <translation>打开示例扫描</translation>
    </message>
    <message>
        <source>Osteophyte or cyst</source>
        <translation>骨赘或囊肿</translation>
    </message>
    <message>
        <source>Other series of this folder…</source>
        <translation>此文件夹的其他序列…</translation>
    </message>
    <message>
        <source>PDF (*.pdf)</source>
        <translation>PDF (*.pdf)</translation>
    </message>
    <message>
        <source>PNG (*.png)</source>
        <translation>PNG (*.png)</translation>
    </message>
    <message>
        <source>Patient and file names are hidden (P)</source>
        <translation>患者姓名和文件名已隐藏 (P)</translation>
    </message>
    <message>
        <source>Patient and file names are shown (P)</source>
        <translation>患者姓名和文件名已显示 (P)</translation>
    </message>
    <message>
        <source>Patient&apos;s back, side unknown</source>
        <translation>患者后侧，侧别未知</translation>
    </message>
    <message>
        <source>Patient&apos;s front, side unknown</source>
        <translation>患者前侧，侧别未知</translation>
    </message>
    <message>
        <source>Patient&apos;s left, side unknown</source>
        <translation>患者左侧，侧别未知</translation>
    </message>
    <message>
        <source>Patient&apos;s right, side unknown</source>
        <translation>患者右侧，侧别未知</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>没有权限</translation>
    </message>
    <message>
        <source>PgUp, PgDn</source>
        <translation>PgUp、PgDn</translation>
    </message>
    <message>
        <source>Picture of the view copied</source>
        <translation>已复制视图图像</translation>
    </message>
    <message>
        <source>Picture of the window copied</source>
        <translation>已复制窗口图像</translation>
    </message>
    <message>
        <source>Picture saved</source>
        <translation>图像已保存</translation>
    </message>
    <message>
        <source>Plane of the lightbox</source>
        <translation>多幅排列的平面</translation>
    </message>
    <message>
        <source>Point {number} of {count}: {what}</source>
        <translation>第 {number}/{count} 点：{what}</translation>
    </message>
    <message>
        <source>Position, mm</source>
        <translation>位置，mm</translation>
    </message>
    <message>
        <source>Posterior fragment, share of plafond</source>
        <translation>后踝骨折块，占胫骨穹窿比例</translation>
    </message>
    <message>
        <source>Preliminary model</source>
        <translation>初步模型</translation>
    </message>
    <message>
        <source>Preparing the 3D view</source>
        <translation>正在准备 3D 视图</translation>
    </message>
    <message>
        <source>Preparing the scan</source>
        <translation>正在准备扫描</translation>
    </message>
    <message>
        <source>Previous finding</source>
        <translation>上一个发现</translation>
    </message>
    <message>
        <source>Previous finding (Shift+N)</source>
        <translation>上一个发现 (Shift+N)</translation>
    </message>
    <message>
        <source>Probability of a fracture, from the model&apos;s score</source>
        <translation>骨折概率，由模型评分得出</translation>
    </message>
    <message>
        <source>Put the measuring tool away</source>
        <translation>退出测量工具</translation>
    </message>
    <message>
        <source>Put the tool away (Esc)</source>
        <translation>退出工具 (Esc)</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Raise the threshold</source>
        <translation>提高阈值</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>文件系统为只读</translation>
    </message>
    <message>
        <source>Reading headers</source>
        <translation>正在读取头信息</translation>
    </message>
    <message>
        <source>Reading slices</source>
        <translation>正在读取层面</translation>
    </message>
    <message>
        <source>Reading the scan</source>
        <translation>正在读取扫描</translation>
    </message>
    <message>
        <source>Reading voxels</source>
        <translation>正在读取体素</translation>
    </message>
    <message>
        <source>Recent scan {number}</source>
        <translation>最近的扫描 {number}</translation>
    </message>
    <message>
        <source>Recent scans</source>
        <translation>最近的扫描</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Region (HU)</source>
        <translation>感兴趣区 (HU)</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>排除</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Remove mark M{number}</source>
        <translation>删除标记 M{number}</translation>
    </message>
    <message>
        <source>Remove measure {number}</source>
        <translation>删除测量 {number}</translation>
    </message>
    <message>
        <source>Remove the selected measure</source>
        <translation>删除所选测量</translation>
    </message>
    <message>
        <source>Report saved</source>
        <translation>报告已保存</translation>
    </message>
    <message>
        <source>Report saved: {name}</source>
        <translation>报告已保存：{name}</translation>
    </message>
    <message>
        <source>Research use, not for diagnosis</source>
        <translation>仅供研究使用，不得用于诊断</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>全部重置</translation>
    </message>
    <message>
        <source>Reset the crop box</source>
        <translation>重置裁剪框</translation>
    </message>
    <message>
        <source>Result column</source>
        <translation>结果栏</translation>
    </message>
    <message>
        <source>Right ankle</source>
        <translation>右踝</translation>
    </message>
    <message>
        <source>Right drag, Ctrl + wheel</source>
        <translation>右键拖动、Ctrl + 滚轮</translation>
    </message>
    <message>
        <source>Run the model again (F5)</source>
        <translation>重新运行模型 (F5)</translation>
    </message>
    <message>
        <source>Running {}</source>
        <translation>正在运行 {}</translation>
    </message>
    <message>
        <source>S, Alt+S</source>
        <translation>S、Alt+S</translation>
    </message>
    <message>
        <source>Sagittal</source>
        <translation>矢状位</translation>
    </message>
    <message>
        <source>Save a picture of the window</source>
        <translation>保存窗口图像</translation>
    </message>
    <message>
        <source>Save log…</source>
        <translation>保存日志…</translation>
    </message>
    <message>
        <source>Save picture…</source>
        <translation>保存图像…</translation>
    </message>
    <message>
        <source>Save report…</source>
        <translation>保存报告…</translation>
    </message>
    <message>
        <source>Save result and review</source>
        <translation>保存结果与复核</translation>
    </message>
    <message>
        <source>Save result and review…</source>
        <translation>保存结果与复核…</translation>
    </message>
    <message>
        <source>Save session…</source>
        <translation>保存会话…</translation>
    </message>
    <message>
        <source>Save the log</source>
        <translation>保存日志</translation>
    </message>
    <message>
        <source>Save the picture</source>
        <translation>保存图像</translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation>保存报告</translation>
    </message>
    <message>
        <source>Save the session</source>
        <translation>保存会话</translation>
    </message>
    <message>
        <source>Scan open</source>
        <translation>扫描已打开</translation>
    </message>
    <message>
        <source>Scan read</source>
        <translation>扫描已读取</translation>
    </message>
    <message>
        <source>Scan voxel</source>
        <translation>扫描体素</translation>
    </message>
    <message>
        <source>Scans and sessions</source>
        <translation>扫描和会话</translation>
    </message>
    <message>
        <source>Scans stay on this machine; nothing is sent anywhere.</source>
        <translation>扫描数据只保留在本机，不会发送到任何地方。</translation>
    </message>
    <message>
        <source>Score, not calibrated</source>
        <translation>评分，未校准</translation>
    </message>
    <message>
        <source>Session</source>
        <translation>会话</translation>
    </message>
    <message>
        <source>Session saved</source>
        <translation>会话已保存</translation>
    </message>
    <message>
        <source>Set {point}</source>
        <translation>请定点：{point}</translation>
    </message>
    <message>
        <source>Set {point}  ({planes} view)</source>
        <translation>请定点：{point}（{planes}视图）</translation>
    </message>
    <message>
        <source>Share of the plafond&apos;s front-to-back length on the sagittal slice where the fragment is largest; no share of its area. After Ferries et al., J Orthop Trauma 1994; 8: 328.</source>
        <translation>在骨折块最大的矢状面上占胫骨穹窿前后长度的比例，并非面积比例。参照 Ferries et al., J Orthop Trauma 1994; 8: 328。</translation>
    </message>
    <message>
        <source>Shift + L R A P S I</source>
        <translation>Shift + L R A P S I</translation>
    </message>
    <message>
        <source>Shift + left</source>
        <translation>Shift + 左键</translation>
    </message>
    <message>
        <source>Shift + move</source>
        <translation>Shift + 移动</translation>
    </message>
    <message>
        <source>Shift+C, Shift+Z</source>
        <translation>Shift+C、Shift+Z</translation>
    </message>
    <message>
        <source>Shift+Q</source>
        <translation>Shift+Q</translation>
    </message>
    <message>
        <source>Shift+T, Shift+B</source>
        <translation>Shift+T、Shift+B</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Show the strongest finding in every view (N)</source>
        <translation>在所有视图中显示最强的发现 (N)</translation>
    </message>
    <message>
        <source>Shows whether a 3D network sees a fracture in an ankle CT, and where it looked.</source>
        <translation>显示 3D 网络是否在踝关节 CT 中识别出骨折，以及它关注的位置。</translation>
    </message>
    <message>
        <source>Slab</source>
        <translation>厚层</translation>
    </message>
    <message>
        <source>Slice planes with their pictures</source>
        <translation>显示带图像的切面</translation>
    </message>
    <message>
        <source>Slice {} holds values from {} to {} HU; a CT stays within {} to {}.</source>
        <translation>第 {} 层的数值为 {} 至 {} HU；CT 应在 {} 至 {} 之间。</translation>
    </message>
    <message>
        <source>Slices are in the radiological convention: right on screen left; axial slices seen from the feet.</source>
        <translation>图像按放射学惯例显示：患者右侧位于屏幕左侧；轴位从足侧观察。</translation>
    </message>
    <message>
        <source>Slices from tile to tile</source>
        <translation>相邻图块间隔的层数</translation>
    </message>
    <message>
        <source>Slices lie up to {} mm beside the line of the others; they were moved to their stated places.</source>
        <translation>部分层面偏离其他层面的连线达 {} mm；已移至其标明的位置。</translation>
    </message>
    <message>
        <source>Space (hold)</source>
        <translation>空格（按住）</translation>
    </message>
    <message>
        <source>Spin</source>
        <translation>自动旋转</translation>
    </message>
    <message>
        <source>Step-off: across the larger fragment&apos;s joint line; gap: along it, negative where fragments overlap. After Cole et al., J Hand Surg Am 1997; 22: 792.</source>
        <translation>台阶：垂直于较大骨折块的关节线；间隙：沿该线，骨折块重叠时为负值。参照 Cole et al., J Hand Surg Am 1997; 22: 792。</translation>
    </message>
    <message>
        <source>Stop (Esc)</source>
        <translation>停止 (Esc)</translation>
    </message>
    <message>
        <source>Stopped on request.</source>
        <translation>已按要求停止。</translation>
    </message>
    <message>
        <source>Straight distance of two points, which may lie on different slices.</source>
        <translation>两点间的直线距离，两点可位于不同层面。</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Text (*.txt)</source>
        <translation>文本 (*.txt)</translation>
    </message>
    <message>
        <source>That failed ({code})</source>
        <translation>操作失败（{code}）</translation>
    </message>
    <message numerus="yes">
        <source>The earlier review of this scan judged %n boxes of another version of this model. What was said of them is kept, and not shown.</source>
        <translation>
            <numerusform>此扫描先前的复核涉及此模型另一版本标出的 %n 个框。相关意见已保留，但未显示。</numerusform>
        </translation>
    </message>
    <message>
        <source>The earlier review of this scan judged a box of another version of this model. What was said of it is kept, and not shown.</source>
        <translation>此扫描先前的复核涉及此模型另一版本标出的一个框。相关意见已保留，但未显示。</translation>
    </message>
    <message>
        <source>The language changes when the work under way is done</source>
        <translation>当前任务完成后将切换语言</translation>
    </message>
    <message>
        <source>The leg&apos;s shaft was not found: heights are along the scan&apos;s axis</source>
        <translation>未找到小腿骨干方向：高度沿扫描轴计算</translation>
    </message>
    <message>
        <source>The model learned from a hospital&apos;s own scans; its accuracy in patients is not known to this program.</source>
        <translation>该模型由某医院的自有扫描训练而成；本程序不知其对真实患者的准确性。</translation>
    </message>
    <message>
        <source>The model pack {} was left out. {}</source>
        <translation>模型包 {} 未被使用。{}</translation>
    </message>
    <message>
        <source>The network that finds ankles is missing, damaged or failed; the shape of the bones alone told where the ankle lies.</source>
        <translation>查找踝关节的网络缺失、损坏或运行失败；踝关节的位置仅由骨骼形状确定。</translation>
    </message>
    <message>
        <source>The scan shows too little air around the leg to check its values against it.</source>
        <translation>扫描中腿部周围的空气太少，无法据此核对其数值。</translation>
    </message>
    <message>
        <source>The series claims {} × {} × {} voxels.</source>
        <translation>该序列声称有 {} × {} × {} 个体素。</translation>
    </message>
    <message>
        <source>The {planes} view is turned away from the leg: turn the planes onto the ankle (V)</source>
        <translation>{planes}视图已偏离小腿：请将平面转到踝关节 (V)</translation>
    </message>
    <message>
        <source>There is no box to edit</source>
        <translation>没有可编辑的框</translation>
    </message>
    <message>
        <source>There is no box to judge</source>
        <translation>没有可评判的框</translation>
    </message>
    <message>
        <source>There is no finding to go to</source>
        <translation>没有可前往的发现</translation>
    </message>
    <message>
        <source>Two different model packs are named {}; give only one of them.</source>
        <translation>两个不同的模型包都名为 {}；请只指定其中一个。</translation>
    </message>
    <message>
        <source>Uninjured ankles, radiographs: 2.7 mm (SD 0.5), in 98 % not wider than the superior clear space (DeAngelis et al., Foot Ankle Int 2007; 28: 490). Limits of 4 or 5 mm are cited; uninjured men have 3.3 mm (SD 0.8), women 2.3 (SD 0.6), so some men and tall people exceed 4 mm (Murphy et al.).</source>
        <translation>未受伤的踝关节，X 线片：2.7 mm (SD 0.5)，98 % 不宽于上方关节间隙 (DeAngelis et al., Foot Ankle Int 2007; 28: 490)。文献引用 4 或 5 mm 的界限；未受伤的男性为 3.3 mm (SD 0.8)，女性为 2.3 mm (SD 0.6)，因此部分男性和身材高者超过 4 mm (Murphy et al.)。</translation>
    </message>
    <message>
        <source>as thin as others, none of which has more slices</source>
        <translation>层厚与其他序列同样薄，且没有序列的层数更多</translation>
    </message>
    <message>
        <source>lightbox of the view last used; in it Left, Right: step, + and -: size</source>
        <translation>上次使用的视图的多幅排列；其中 ←、→：间隔，+ 和 -：大小</translation>
    </message>
    <message>
        <source>none is without a fault, and no other has more slices</source>
        <translation>均有缺陷，且没有其他序列的层数更多</translation>
    </message>
    <message>
        <source>none is without a fault; of those whose slice distance is known, no other has more slices</source>
        <translation>均有缺陷；在层间距已知的序列中，没有其他序列的层数更多</translation>
    </message>
    <message>
        <source>The 3D view failed ({code})</source>
        <translation>3D 视图失败（{code}）</translation>
    </message>
    <message numerus="yes">
        <source>%n lines of the earlier review of this scan could not be read, or are of a later version of the program. They are kept, and not shown.</source>
        <translation>
            <numerusform>此扫描先前的复核有 %n 行无法读取，或来自更新的程序版本。这些行已保留，但未显示。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n series. Arrow keys choose, Enter opens, a number opens that one.</source>
        <translation>
            <numerusform>%n 个序列。方向键选择，Enter 打开，数字键打开对应编号的序列。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n slices</source>
        <translation>
            <numerusform>%n 层</numerusform>
        </translation>
    </message>
    <message>
        <source>A file with this name and the ending {ending} exists already. Replace it?</source>
        <translation>已存在同名且扩展名为 {ending} 的文件。要替换吗？</translation>
    </message>
    <message>
        <source>A slice lies {} mm beside the next one; at most {} is accepted.</source>
        <translation>有一层相对相邻层偏移 {} mm；最多接受 {} mm。</translation>
    </message>
    <message>
        <source>A slice lies {} mm beside the next one; the slices were moved to their stated places, and nothing is detected in such a scan.</source>
        <translation>有一层相对相邻层偏移 {} mm；各层已移至所标位置，此类扫描不进行检测。</translation>
    </message>
    <message>
        <source>Accepted by the reader</source>
        <translation>阅片者已确认</translation>
    </message>
    <message>
        <source>Choose a series</source>
        <translation>选择序列</translation>
    </message>
    <message>
        <source>Click: crosshair   Double-click: four views   ← →: step   + −: size   {keys}: close</source>
        <translation>单击：十字线   双击：四视图   ← →：间隔   + −：大小   {keys}：关闭</translation>
    </message>
    <message>
        <source>Coarse</source>
        <translation>粗图</translation>
    </message>
    <message>
        <source>Column, row and slice, counted from 0; slice numbers in the views count from 1</source>
        <translation>列、行、层，从 0 计数；视图中的层号从 1 计数</translation>
    </message>
    <message>
        <source>Finding {number}, {share} % of the map, centre {mm}</source>
        <translation>发现 {number}，占热图 {share}%，中心 {mm}</translation>
    </message>
    <message>
        <source>Hide all that comes from the model, while held</source>
        <translation>按住时隐藏所有来自模型的内容</translation>
    </message>
    <message>
        <source>It is not certain where the ankle lies: the shape of the bones and the landmarks say different places; no model is run.</source>
        <translation>踝关节的位置不能确定：骨骼形状与解剖标志指向不同位置；不运行模型。</translation>
    </message>
    <message>
        <source>Looking at the series of this folder …</source>
        <translation>正在查看此文件夹中的序列…</translation>
    </message>
    <message>
        <source>Mark a missed fracture at the crosshair</source>
        <translation>在十字线处标记漏检的骨折</translation>
    </message>
    <message>
        <source>Nearer the feet, side unknown</source>
        <translation>靠近足侧，侧别未知</translation>
    </message>
    <message>
        <source>Nearer the head, side unknown</source>
        <translation>靠近头侧，侧别未知</translation>
    </message>
    <message>
        <source>No agreement counted: no released model assessed every ankle of this scan</source>
        <translation>未统计一致性：任何一个正式发布的模型都没有评估此扫描的全部踝关节</translation>
    </message>
    <message>
        <source>No cast or splint was found around this leg.</source>
        <translation>此腿周围未发现石膏或夹板。</translation>
    </message>
    <message>
        <source>No temporary folder can be written to unpack the ZIP file: the disk is full, or the folder is not yours to write.</source>
        <translation>没有可写入的临时文件夹来解压 ZIP 文件：磁盘已满，或没有写入权限。</translation>
    </message>
    <message>
        <source>Not proposed: {reason}</source>
        <translation>未推荐：{reason}</translation>
    </message>
    <message>
        <source>Of {count} validation scans scored {low}–{high}, {fractured} had a fracture</source>
        <translation>验证集评分 {low}–{high} 的 {count} 例中 {fractured} 例有骨折</translation>
    </message>
    <message>
        <source>One line of the earlier review of this scan could not be read, or is of a later version of the program. It is kept, and not shown.</source>
        <translation>此扫描先前的复核有 1 行无法读取，或来自更新的程序版本。该行已保留，但未显示。</translation>
    </message>
    <message>
        <source>Open now</source>
        <translation>当前已打开</translation>
    </message>
    <message>
        <source>Proposed: {reason}</source>
        <translation>推荐：{reason}</translation>
    </message>
    <message>
        <source>Put in place, the slices would take {} × {} × {} voxels.</source>
        <translation>各层移至其位置后将需要 {} × {} × {} 个体素。</translation>
    </message>
    <message>
        <source>Reason (optional)</source>
        <translation>原因（可不填）</translation>
    </message>
    <message>
        <source>Rejected by the reader</source>
        <translation>阅片者已排除</translation>
    </message>
    <message>
        <source>Result and review saved</source>
        <translation>结果与复核已保存</translation>
    </message>
    <message>
        <source>Series {number}</source>
        <translation>序列 {number}</translation>
    </message>
    <message>
        <source>Shift+V, Shift+X, Shift+K</source>
        <translation>Shift+V、Shift+X、Shift+K</translation>
    </message>
    <message>
        <source>Show this ankle</source>
        <translation>显示此踝关节</translation>
    </message>
    <message>
        <source>Show this place in every view. Per cent: this box&apos;s part of the whole heat map, not a probability.</source>
        <translation>在所有视图中显示此处。百分比：此框在整个热图中所占的份额，并非概率。</translation>
    </message>
    <message>
        <source>The 3D view is switched off (ANKLEVIEWER_NO_3D).</source>
        <translation>3D 视图已关闭（ANKLEVIEWER_NO_3D）。</translation>
    </message>
    <message>
        <source>The 3D view needs OpenGL 3.2; the slices work without it.</source>
        <translation>3D 视图需要 OpenGL 3.2；二维层面无需它也能使用。</translation>
    </message>
    <message>
        <source>The 3D view needs a screen with OpenGL.</source>
        <translation>3D 视图需要支持 OpenGL 的屏幕。</translation>
    </message>
    <message>
        <source>The DICOM files are damaged and cannot be read.</source>
        <translation>DICOM 文件已损坏，无法读取。</translation>
    </message>
    <message>
        <source>The DICOM files hold no images.</source>
        <translation>DICOM 文件不含图像。</translation>
    </message>
    <message>
        <source>The ZIP file holds neither a NIfTI file nor DICOM images.</source>
        <translation>ZIP 文件中既没有 NIfTI 文件，也没有 DICOM 图像。</translation>
    </message>
    <message>
        <source>The ZIP file holds {} files; at most {} are read.</source>
        <translation>ZIP 文件含 {} 个文件；最多读取 {} 个。</translation>
    </message>
    <message>
        <source>The ZIP file holds {} scans; open one at a time.</source>
        <translation>ZIP 文件含 {} 个扫描；请逐个打开。</translation>
    </message>
    <message>
        <source>The ZIP file is damaged or cut off.</source>
        <translation>ZIP 文件损坏或被截断。</translation>
    </message>
    <message>
        <source>The ZIP file is encrypted; unpack it with its password and open the folder.</source>
        <translation>ZIP 文件已加密；请用密码解压后打开文件夹。</translation>
    </message>
    <message>
        <source>The ankle is not whole: {}</source>
        <translation>踝关节不完整：{}</translation>
    </message>
    <message>
        <source>The chosen series is no longer there; open the folder again.</source>
        <translation>所选序列已不存在；请重新打开该文件夹。</translation>
    </message>
    <message>
        <source>The compressed file holds much more than its header claims.</source>
        <translation>压缩文件的内容远多于其头信息所述。</translation>
    </message>
    <message>
        <source>The compressed file is cut off.</source>
        <translation>压缩文件被截断。</translation>
    </message>
    <message>
        <source>The compressed file is damaged: its checksum or its data are wrong.</source>
        <translation>压缩文件已损坏：校验和或数据有误。</translation>
    </message>
    <message>
        <source>The deflated file is cut off.</source>
        <translation>压缩的 DICOM 文件被截断。</translation>
    </message>
    <message>
        <source>The deflated file is damaged or cut off.</source>
        <translation>压缩的 DICOM 文件损坏或被截断。</translation>
    </message>
    <message>
        <source>The densest bone has only {} HU; more than {} is expected. This may be a picture with changed grey values, not a CT.</source>
        <translation>最致密的骨仅 {} HU；应高于 {}。这可能是灰度被改变的图片，而非 CT。</translation>
    </message>
    <message>
        <source>The distance between slices runs from {} to {} mm; at most {} of difference is accepted.{}</source>
        <translation>层间距为 {} 至 {} mm；最多接受 {} 的差异。{}</translation>
    </message>
    <message>
        <source>The distance between slices runs from {} to {} mm; the scan was resampled to {} mm.</source>
        <translation>层间距为 {} 至 {} mm；扫描已重采样为 {} mm。</translation>
    </message>
    <message>
        <source>The earlier review of this scan could not be read ({why}). It is not shown.</source>
        <translation>无法读取此扫描先前的复核（{why}），因此未显示。</translation>
    </message>
    <message>
        <source>The engine refuses the model ({}).</source>
        <translation>计算引擎拒绝该模型（{}）。</translation>
    </message>
    <message>
        <source>The engine that runs the model</source>
        <translation>运行模型的计算引擎</translation>
    </message>
    <message>
        <source>The file cannot be read (system error {}).</source>
        <translation>文件无法读取（系统错误 {}）。</translation>
    </message>
    <message>
        <source>The file claims to hold {} images (Number of Frames), but describes {}; which is right is unknown.</source>
        <translation>文件声称含有 {} 幅图像（Number of Frames），却描述了 {} 幅；无法得知哪个数目正确。</translation>
    </message>
    <message>
        <source>The file could not be written ({why}). Choose another place.</source>
        <translation>文件无法写入（{why}）。请选择其他位置。</translation>
    </message>
    <message>
        <source>The file describes {} images, but does not say how many it holds (Number of Frames).</source>
        <translation>文件描述了 {} 幅图像，但未说明共含多少幅（Number of Frames）。</translation>
    </message>
    <message>
        <source>The file does not say how the patient lies in it; left and right are unknown.</source>
        <translation>文件未说明患者体位；左右未知。</translation>
    </message>
    <message>
        <source>The file is cut off: it has {} bytes, its header needs {}.</source>
        <translation>文件被截断：有 {} 字节，头信息要求 {} 字节。</translation>
    </message>
    <message>
        <source>The file is cut off: {} bytes cannot hold the {} its header claims.</source>
        <translation>文件被截断：{} 字节不足以容纳头信息所述的 {} 字节。</translation>
    </message>
    <message>
        <source>The file is cut off: {} bytes expected here, {} found.</source>
        <translation>文件被截断：此处应有 {} 字节，实有 {} 字节。</translation>
    </message>
    <message>
        <source>The file is damaged or not a scan ({}).</source>
        <translation>文件已损坏或不是扫描（{}）。</translation>
    </message>
    <message>
        <source>The file or folder does not exist or cannot be reached.</source>
        <translation>文件或文件夹不存在或无法访问。</translation>
    </message>
    <message>
        <source>The file&apos;s data are nested too deeply; it is damaged or was made to do harm.</source>
        <translation>文件数据嵌套过深；文件已损坏或带有恶意。</translation>
    </message>
    <message>
        <source>The folder does not exist or cannot be reached.</source>
        <translation>文件夹不存在或无法访问。</translation>
    </message>
    <message>
        <source>The folder holds a file above {} GB.</source>
        <translation>文件夹中有超过 {} GB 的文件。</translation>
    </message>
    <message>
        <source>The folder holds more than {} files; open one series at a time.</source>
        <translation>文件夹含超过 {} 个文件；请逐个序列打开。</translation>
    </message>
    <message>
        <source>The folder holds {} NIfTI files; open one at a time.</source>
        <translation>该文件夹含 {} 个 NIfTI 文件；请逐个打开。</translation>
    </message>
    <message>
        <source>The folder holds {} series (of {} slices); open one file of the series you want, or a folder with one series.</source>
        <translation>文件夹含 {} 个序列（层数为 {}）；请打开所需序列中的一个文件，或只含一个序列的文件夹。</translation>
    </message>
    <message>
        <source>The gantry was tilted by {} degrees; the slices were moved back into a right-angled stack.</source>
        <translation>机架倾斜 {} 度；层面已校正为直角堆叠。</translation>
    </message>
    <message>
        <source>The header calls this a left ankle, the bones look like a right one: one of them is wrong, or the scan is mirrored.</source>
        <translation>头信息标为左踝，而骨骼形态像右踝：其中之一有误，或扫描为镜像。</translation>
    </message>
    <message>
        <source>The header calls this a right ankle, the bones look like a left one: one of them is wrong, or the scan is mirrored.</source>
        <translation>头信息标为右踝，而骨骼形态像左踝：其中之一有误，或扫描为镜像。</translation>
    </message>
    <message>
        <source>The header claims {} GB; at most {} GB are read.</source>
        <translation>头信息声明 {} GB；最多读取 {} GB。</translation>
    </message>
    <message>
        <source>The header claims {} voxels; at most {} thousand million are read.</source>
        <translation>头信息声明 {} 个体素；最多读取 {}×10⁹ 个。</translation>
    </message>
    <message>
        <source>The header gives a voxel size of {}; positive numbers are expected.</source>
        <translation>头信息中的体素大小为 {}；应为正数。</translation>
    </message>
    <message>
        <source>The header gives impossible dimensions: {}.</source>
        <translation>头信息中的尺寸无效：{}。</translation>
    </message>
    <message>
        <source>The header has an intercept of {} without a slope; it was not applied, as the NIfTI standard says, but programs differ.</source>
        <translation>头信息有截距 {} 而无斜率；按 NIfTI 标准未予应用，但各程序处理不同。</translation>
    </message>
    <message>
        <source>The header names no known unit of length (code {}).</source>
        <translation>头信息中的长度单位未知（代码 {}）。</translation>
    </message>
    <message>
        <source>The header puts the scan more than a kilometre from its own origin.</source>
        <translation>按头信息，扫描位于距其原点一公里以外。</translation>
    </message>
    <message>
        <source>The header puts the voxels at byte {}; {} or more is expected.</source>
        <translation>头信息称体素始于第 {} 字节；应为 {} 或以上。</translation>
    </message>
    <message>
        <source>The header scales the values by {} and {}; finite numbers are expected.</source>
        <translation>头信息以 {} 和 {} 换算数值；应为有限数。</translation>
    </message>
    <message>
        <source>The heat map is not shown with this answer; it says nothing about a place.</source>
        <translation>此结论不显示热图；热图不提示任何部位。</translation>
    </message>
    <message>
        <source>The heat map shows what moved the network&apos;s answer; it is no outline of a fracture, and it is coarse.</source>
        <translation>热图显示影响网络结论的区域；它并非骨折的轮廓，而且较粗略。</translation>
    </message>
    <message>
        <source>No part of the heat map above its floor lies at bone; it says nothing about a place.</source>
        <translation>热图中高于其下限的部分均不在骨上；热图不提示任何部位。</translation>
    </message>
    <message>
        <source>3D: volume rendering, without the foot, without cast and splint</source>
        <translation>3D：容积再现，去除足部，不含石膏和夹板</translation>
    </message>
    <message>
        <source>Another leg lies in the scan; its ankle could not be found for certain, and was not assessed.</source>
        <translation>扫描中还有另一条腿；其踝关节未能可靠找到，未作评估。</translation>
    </message>
    <message>
        <source>Bone narrow</source>
        <translation>骨窗（窄）</translation>
    </message>
    <message>
        <source>Bone sharp</source>
        <translation>骨窗（锐利）</translation>
    </message>
    <message>
        <source>E, Esc: end</source>
        <translation>E、Esc：结束</translation>
    </message>
    <message>
        <source>Finding {number} lies in the part that is left out.</source>
        <translation>发现 {number} 位于已去除的部分。</translation>
    </message>
    <message>
        <source>Part of finding {number} lies in what is left out.</source>
        <translation>发现 {number} 的一部分位于已去除的部分。</translation>
    </message>
    <message>
        <source>Fracture probability</source>
        <translation>骨折概率</translation>
    </message>
    <message numerus="yes">
        <source>%n steps of the review could not be written to the disk. They are lost when the program is closed.</source>
        <translation>
            <numerusform>有 %n 步复核未能写入磁盘。关闭程序后将丢失。</numerusform>
        </translation>
    </message>
    <message>
        <source>A step of the review could not be written to the disk. It is lost when the program is closed.</source>
        <translation>有一步复核未能写入磁盘。关闭程序后将丢失。</translation>
    </message>
    <message>
        <source>Comparing images that are there twice</source>
        <translation>正在比较重复的图像</translation>
    </message>
    <message>
        <source>Done again: what was said of a finding of {model} that is not shown.</source>
        <translation>已重做：对 {model} 的一个未显示发现的判断。</translation>
    </message>
    <message>
        <source>Drag to move the outline (keys [ and ]). The tick is the level at which this map opens; boxes stay.</source>
        <translation>拖动以移动轮廓线（按键 [ 和 ]）。刻线为该热图打开时的阈值；框保持不变。</translation>
    </message>
    <message>
        <source>Finding 1 is shown now. Press again to judge it.</source>
        <translation>现已显示发现 1。再按一次即可判定。</translation>
    </message>
    <message>
        <source>Finding {number} accepted</source>
        <translation>发现 {number}：已确认</translation>
    </message>
    <message>
        <source>Finding {number} rejected</source>
        <translation>发现 {number}：已排除</translation>
    </message>
    <message>
        <source>Finding {number}: what was said of it is taken back</source>
        <translation>发现 {number}：判定已撤回</translation>
    </message>
    <message>
        <source>Full range</source>
        <translation>全范围</translation>
    </message>
    <message>
        <source>Its name is {}, as that of {} beside it, which answers; remove one of them.</source>
        <translation>其名称为 {}，与旁边正在使用的 {} 相同；请删除其中一个。</translation>
    </message>
    <message>
        <source>Left side</source>
        <translation>左侧</translation>
    </message>
    <message>
        <source>Marked by you</source>
        <translation>由您标记</translation>
    </message>
    <message>
        <source>Model input</source>
        <translation>模型输入</translation>
    </message>
    <message>
        <source>Model {} contradicts itself when it is tried on noise, before its first scan ({}); it is not run.</source>
        <translation>模型 {} 在首次用于扫描前以噪声试运行时自相矛盾（{}）；不会运行该模型。</translation>
    </message>
    <message>
        <source>Model {} gave no answer. {} {}</source>
        <translation>模型 {} 未给出结论。{} {}</translation>
    </message>
    <message>
        <source>Model {} gave no number when it was tried on noise, before its first scan; it is not run.</source>
        <translation>模型 {} 在首次用于扫描前以噪声试运行时未给出数值；不会运行该模型。</translation>
    </message>
    <message>
        <source>Model {} sees whole scans, and this one shows more than one ankle; it was not assessed.</source>
        <translation>模型 {} 查看整个扫描，而本扫描显示不止一个踝关节；未作评估。</translation>
    </message>
    <message>
        <source>M{number} · marked by you</source>
        <translation>M{number} · 由您标记</translation>
    </message>
    <message>
        <source>No fracture</source>
        <translation>无骨折</translation>
    </message>
    <message>
        <source>No graphics card: the surface stays. “{entry}” in the 3D menu shows the volume all the same.</source>
        <translation>没有显卡：仍显示表面。如仍要使用容积再现，请在 3D 菜单中选“{entry}”。</translation>
    </message>
    <message>
        <source>No place stood out.</source>
        <translation>未见突出的可疑位置。</translation>
    </message>
    <message>
        <source>No results can refer to the scan&apos;s images as they are ({}).</source>
        <translation>结果无法引用该扫描现有的图像（{}）。</translation>
    </message>
    <message>
        <source>No validation scan had such a score</source>
        <translation>验证集中没有评分相当的病例</translation>
    </message>
    <message>
        <source>Nothing is lighter than {} HU, and much is just that: the values below seem to have been cut off (air is expected at -1000 HU, fat at -100). Export the scan again as signed numbers.</source>
        <translation>没有低于 {} HU 的数值，且大量体素恰为该值：更低的数值似乎已被截断（空气应约为 -1000 HU，脂肪约为 -100）。请以带符号数重新导出扫描。</translation>
    </message>
    <message>
        <source>Preliminary {name} says: {call} (not counted)</source>
        <translation>初步模型 {name}：{call}（未计入）</translation>
    </message>
    <message>
        <source>Remark on your own reading</source>
        <translation>对本人判读的备注</translation>
    </message>
    <message>
        <source>Remark, without names</source>
        <translation>备注（请勿填写姓名）</translation>
    </message>
    <message>
        <source>Results saved in the folder {name}</source>
        <translation>结果已保存到文件夹 {name}</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>右视</translation>
    </message>
    <message>
        <source>Right side</source>
        <translation>右侧</translation>
    </message>
    <message>
        <source>Save results for the PACS</source>
        <translation>保存供 PACS 使用的结果</translation>
    </message>
    <message>
        <source>Save results for the PACS…</source>
        <translation>保存供 PACS 使用的结果…</translation>
    </message>
    <message>
        <source>Separating the foot; it is still shown.</source>
        <translation>正在分离足部；目前仍显示。</translation>
    </message>
    <message>
        <source>Settings cannot be kept: the program&apos;s own folder cannot be written. They hold until the program is closed.</source>
        <translation>无法保存设置：程序自身的文件夹不可写入。这些设置在程序关闭前有效。</translation>
    </message>
    <message>
        <source>Several images of the scan carry the same number (SOP Instance UID).</source>
        <translation>扫描的多个图像带有相同的编号（SOP Instance UID）。</translation>
    </message>
    <message>
        <source>Side unknown</source>
        <translation>侧别未知</translation>
    </message>
    <message>
        <source>Slices of {} mm (distance or thickness) are coarser than any from which the models learned ({} mm); none is run. Open thinner slices.</source>
        <translation>层面为 {} mm（层间距或层厚），比模型学习过的任何层面（{} mm）都粗；不运行任何模型。请打开更薄的层面。</translation>
    </message>
    <message>
        <source>Slices of {} mm (distance or thickness): above {} mm the models overlook more fractures. Open thinner ones if there are any.</source>
        <translation>层面为 {} mm（层间距或层厚）：超过 {} mm 时模型会漏掉更多骨折。如有更薄的层面，请打开。</translation>
    </message>
    <message>
        <source>Soft tissue</source>
        <translation>软组织窗</translation>
    </message>
    <message>
        <source>Taken back: what was said of a finding of {model} that is not shown.</source>
        <translation>已撤销：对 {model} 的一个未显示发现的判断。</translation>
    </message>
    <message>
        <source>The ZIP file is packed in a way that this program does not open; pack it again as an ordinary ZIP.</source>
        <translation>该 ZIP 文件的压缩方式不受本程序支持；请重新压缩为普通 ZIP。</translation>
    </message>
    <message>
        <source>The ZIP file&apos;s list of its files has {} MB; at most {} are read.</source>
        <translation>ZIP 文件的文件列表有 {} MB；最多读取 {} MB。</translation>
    </message>
    <message>
        <source>The ankle of another leg in the scan is uncertain; check that the ankle itself was assessed.</source>
        <translation>扫描中另一条腿的踝关节位置不确定；请确认所评估的确实是踝关节。</translation>
    </message>
    <message>
        <source>The box from above, from the front and from the side</source>
        <translation>从上方、前方和侧面观察框</translation>
    </message>
    <message>
        <source>The crosshair lies outside of the scan</source>
        <translation>十字线位于扫描范围之外</translation>
    </message>
    <message numerus="yes">
        <source>The earlier review of this scan judged or changed %n boxes that the model does not draw today. What was said of them is kept, and not shown.</source>
        <translation>
            <numerusform>此扫描先前的复核涉及 %n 个模型现在不再标出的框。相关意见已保留，但未显示。</numerusform>
        </translation>
    </message>
    <message>
        <source>The earlier review of this scan judged or changed a box that the model does not draw today. What was said of it is kept, and not shown.</source>
        <translation>此扫描先前的复核涉及一个模型现在不再标出的框。相关意见已保留，但未显示。</translation>
    </message>
    <message>
        <source>The engine that runs the models cannot be loaded on this computer ({}).</source>
        <translation>无法在此计算机上加载运行模型的计算引擎（{}）。</translation>
    </message>
    <message>
        <source>The file ends within its header; copy it once more.</source>
        <translation>文件在头信息内中断；请重新复制。</translation>
    </message>
    <message>
        <source>The folder cannot be read whole ({}).</source>
        <translation>无法完整读取该文件夹（{}）。</translation>
    </message>
    <message>
        <source>The folder holds other files. Name a new one for the results.</source>
        <translation>该文件夹中有其他文件。请为结果指定一个新文件夹。</translation>
    </message>
    <message>
        <source>The images are coloured pictures, not CT values.</source>
        <translation>这些图像是彩色图片，而非 CT 值。</translation>
    </message>
    <message>
        <source>The images are projections through many slices: nothing is detected in them. Open the slices themselves.</source>
        <translation>这些图像是多个层面的投影：不在其中进行检测。请打开原始层面。</translation>
    </message>
    <message>
        <source>The images are stored as {} ({}), which was retired from the standard; re-export uncompressed or as JPEG 2000 lossless.</source>
        <translation>图像以 {}（{}）存储，该格式已从标准中废止；请以未压缩或 JPEG 2000 无损格式重新导出。</translation>
    </message>
    <message>
        <source>The images are stored in a maker&apos;s private transfer syntax ({}); re-export uncompressed.</source>
        <translation>图像以厂商私有传输语法存储（{}）；请以未压缩格式重新导出。</translation>
    </message>
    <message>
        <source>The images are worked out for one energy (virtual monoenergetic): bone has other values in them than in a plain CT, from which the models learned.</source>
        <translation>这些图像是按单一能量计算的（虚拟单能图像）：其中骨的数值与模型学习所用的普通 CT 不同。</translation>
    </message>
    <message>
        <source>The images call a value of the tissue &apos;no value&apos; (Pixel Padding Value); it was read as what it is.</source>
        <translation>图像把组织中的一个数值标记为“无数值”（Pixel Padding Value）；已按其实际数值读取。</translation>
    </message>
    <message>
        <source>The images do not say how large a pixel is (Pixel Spacing); it is not guessed.</source>
        <translation>图像未说明像素大小（Pixel Spacing）；程序不作猜测。</translation>
    </message>
    <message>
        <source>The images do not say how their numbers become HU (no rescale tags).</source>
        <translation>图像未说明其数值如何换算为 HU（无 Rescale 标签）。</translation>
    </message>
    <message>
        <source>The images do not say how their numbers become Hounsfield units; they look like Hounsfield units and are taken as such.</source>
        <translation>图像未说明其数值如何换算为 CT 值（HU）；其数值看似 CT 值，故按此使用。</translation>
    </message>
    <message>
        <source>The images have {} colours of {} bits; one of 8, 16 or 32 is expected.</source>
        <translation>图像有 {} 个颜色通道，每个 {} 位；应为一个通道，8、16 或 32 位。</translation>
    </message>
    <message>
        <source>The images show one material, or all but one, or other numbers than Hounsfield units: nothing is detected in them. Open the plain CT images.</source>
        <translation>这些图像显示某一种物质、去除某一种物质，或不是 HU 值：不在其中进行检测。请打开普通 CT 图像。</translation>
    </message>
    <message>
        <source>The images were compressed with loss; fine lines may be missing or invented.</source>
        <translation>图像经有损压缩；细线可能缺失或为伪影。</translation>
    </message>
    <message>
        <source>The images were reduced to 256 grey values; no model is run.</source>
        <translation>图像已降为 256 级灰度；不运行模型。</translation>
    </message>
    <message>
        <source>The largest part of the map ({share} %) lies {where}.</source>
        <translation>热图占比最大的一处（{share}%）位于{where}。</translation>
    </message>
    <message>
        <source>The left button&apos;s other tool, while held</source>
        <translation>按住时左键换为另一工具</translation>
    </message>
    <message>
        <source>The lightest material lies {}; air is expected at {} to {} HU.</source>
        <translation>密度最低的物质的 CT 值为{}；空气应为 {} 至 {} HU。</translation>
    </message>
    <message>
        <source>The locator cannot be read ({}).</source>
        <translation>定位模型无法读取（{}）。</translation>
    </message>
    <message>
        <source>The locator was made for another version of the program.</source>
        <translation>定位模型是为其他版本的程序制作的。</translation>
    </message>
    <message>
        <source>The log could not be written ({why}). Choose another place.</source>
        <translation>日志无法写入（{why}）。请选择其他位置。</translation>
    </message>
    <message>
        <source>The map as coarse as the paper&apos;s, 4 × 4 × 4 cells, for comparison; the boxes stay (C)</source>
        <translation>与论文同样粗略的热图（4 × 4 × 4 个单元），用于比较；框不变 (C)</translation>
    </message>
    <message>
        <source>The model answers in shapes {} and {}.</source>
        <translation>模型输出的形状为 {} 和 {}。</translation>
    </message>
    <message>
        <source>The model could not be run ({}).</source>
        <translation>模型无法运行（{}）。</translation>
    </message>
    <message>
        <source>The model does not fit into this computer&apos;s memory.</source>
        <translation>该模型超出此计算机的内存。</translation>
    </message>
    <message>
        <source>The model learned from simulated scans; its accuracy in patients is not known.</source>
        <translation>该模型由模拟扫描训练而成；其对真实患者的准确性未知。</translation>
    </message>
    <message>
        <source>The model learned from: {data}. Its accuracy in patients is not known to this program.</source>
        <translation>该模型的训练数据：{data}。本程序不知其对真实患者的准确性。</translation>
    </message>
    <message>
        <source>The model of this session ({name}) is not installed here.</source>
        <translation>此会话所用的模型（{name}）未在此处安装。</translation>
    </message>
    <message>
        <source>The model pack must hold {} exactly once, it does so {} times.</source>
        <translation>模型包须恰好含一个 {}，实际有 {} 个。</translation>
    </message>
    <message>
        <source>The model pack {} or its {} does not exist.</source>
        <translation>模型包 {} 或其中的 {} 不存在。</translation>
    </message>
    <message>
        <source>The model that answers; a model that has not answered yet is run</source>
        <translation>选择显示哪个模型的结论；尚未运行的模型会先运行</translation>
    </message>
    <message>
        <source>The models that come with the program learned from simulated scans; their accuracy in patients is not known.</source>
        <translation>随程序提供的模型由模拟扫描训练而成；其对真实患者的准确性未知。</translation>
    </message>
    <message>
        <source>The orientation of the images is not a pair of right-angled directions.</source>
        <translation>图像的方向不是一对相互垂直的方向。</translation>
    </message>
    <message>
        <source>The pack holds {} files; at most {} are expected.</source>
        <translation>此模型包内有 {} 个文件；最多应为 {} 个。</translation>
    </message>
    <message>
        <source>The pack {} is no sound .zip ({}).</source>
        <translation>包 {} 不是完好的 .zip 文件（{}）。</translation>
    </message>
    <message>
        <source>The paper&apos;s coarse map</source>
        <translation>论文中的粗略热图</translation>
    </message>
    <message>
        <source>The patient is {} years old; the models are made for adults.</source>
        <translation>患者 {} 岁；模型适用于成人。</translation>
    </message>
    <message>
        <source>The patient&apos;s age is not stated; the models are made for adults.</source>
        <translation>未说明患者年龄；模型适用于成人。</translation>
    </message>
    <message>
        <source>The patient&apos;s age is outside the range that the models are made for.</source>
        <translation>患者年龄超出模型适用的范围。</translation>
    </message>
    <message>
        <source>The plane was turned meanwhile: start again (Esc)</source>
        <translation>平面在此期间已被旋转：请重新开始 (Esc)</translation>
    </message>
    <message>
        <source>The position of the voxels in the patient is zero or not a number in the header.</source>
        <translation>头信息中体素在患者体内的位置为零或不是数字。</translation>
    </message>
    <message>
        <source>The program failed ({}); the log has the details.</source>
        <translation>程序出错（{}）；详情见日志。</translation>
    </message>
    <message>
        <source>The reader&apos;s own box: {place}</source>
        <translation>阅片者自己的框：{place}</translation>
    </message>
    <message>
        <source>The review is not written</source>
        <translation>复核未写入</translation>
    </message>
    <message>
        <source>The rotation in the header (quaternion) is not a rotation.</source>
        <translation>头信息中的旋转（四元数）不是有效旋转。</translation>
    </message>
    <message>
        <source>The runtime must be one of {}, is {}.</source>
        <translation>计算引擎须为 {} 之一，现为 {}。</translation>
    </message>
    <message>
        <source>The scan does not fit into this computer&apos;s memory.</source>
        <translation>此计算机内存不足以容纳该扫描。</translation>
    </message>
    <message>
        <source>The scan ends {mm} mm above the joint</source>
        <translation>扫描止于关节上方 {mm} mm</translation>
    </message>
    <message>
        <source>The scan holds no values at all, only padding.</source>
        <translation>扫描不含任何数值，只有填充值。</translation>
    </message>
    <message>
        <source>The scan is not the one that this session was saved with: its content differs. It is shown from the start.</source>
        <translation>此扫描与保存会话时的扫描内容不同，将如新打开的扫描一样显示。</translation>
    </message>
    <message>
        <source>The scan of this session is neither at its place nor beside the session.</source>
        <translation>此会话的扫描既不在原位置，也不在会话文件旁。</translation>
    </message>
    <message>
        <source>The scan shown is still the former one.</source>
        <translation>当前显示的仍是先前的扫描。</translation>
    </message>
    <message>
        <source>The scan shown is still {name}.</source>
        <translation>当前显示的仍是扫描 {name}。</translation>
    </message>
    <message>
        <source>The scan&apos;s images lack what results must refer to: {}.</source>
        <translation>扫描的图像缺少结果必须引用的内容：{}。</translation>
    </message>
    <message>
        <source>The series has {} usable slices; at least 3 are needed.</source>
        <translation>该序列有 {} 个可用层面；至少需要 3 个。</translation>
    </message>
    <message>
        <source>The session cannot be read ({why}).</source>
        <translation>会话无法读取（{why}）。</translation>
    </message>
    <message>
        <source>The session could not be written ({why}). Choose another place.</source>
        <translation>会话无法写入（{why}）。请选择其他位置。</translation>
    </message>
    <message>
        <source>The settings could not be read; the program starts with its own. The file is kept.</source>
        <translation>无法读取设置，程序以默认设置启动。原文件已保留。</translation>
    </message>
    <message>
        <source>The shape of the bones and the landmarks disagree on where the joint lies; check that the ankle itself was assessed.</source>
        <translation>骨骼形状与解剖标志对关节位置的判断不一致；请确认所评估的确实是踝关节。</translation>
    </message>
    <message>
        <source>The slices are tilted by {} degrees against the stack; at most {} is accepted.</source>
        <translation>层面相对堆叠方向倾斜 {} 度；最多接受 {} 度。</translation>
    </message>
    <message>
        <source>The slices are {} mm apart; 0.01 to 20 mm are expected.</source>
        <translation>层面间距为 {} mm；应为 0.01 至 20 mm。</translation>
    </message>
    <message>
        <source>The slices are {} mm thick, but {} mm apart: what lies between is in none of them.</source>
        <translation>层厚为 {} mm，但层间距为 {} mm：其间的结构不在任何层面中。</translation>
    </message>
    <message>
        <source>The slices were moved by up to {} mm to stand square and evenly; voxels count on that grid.</source>
        <translation>各层面最多移动了 {} mm，使其垂直对齐且间距均匀；体素编号以该网格为准。</translation>
    </message>
    <message>
        <source>The two positions in the header (sform, qform) differ by up to {} mm; at most {} mm is expected. The sform is shown.</source>
        <translation>头信息中的两个位置（sform、qform）相差达 {} mm；最多应为 {} mm。按 sform 显示。</translation>
    </message>
    <message>
        <source>The values end at bit {} of {} and have {} bits; they must begin at bit 0.</source>
        <translation>数值止于第 {} 位（共 {} 位），长 {} 位；必须从第 0 位开始。</translation>
    </message>
    <message>
        <source>The voxel axes are {} degrees away from right angles; at most {} is accepted.</source>
        <translation>体素轴偏离直角 {} 度；最多接受 {} 度。</translation>
    </message>
    <message>
        <source>The voxel axes were {} degrees away from right angles; the scan was resampled.</source>
        <translation>体素轴偏离直角 {} 度；扫描已重采样。</translation>
    </message>
    <message>
        <source>The voxels are of NIfTI type {}, such as colour; a CT holds plain numbers.</source>
        <translation>体素为 NIfTI 类型 {}（如彩色）；CT 应为普通数值。</translation>
    </message>
    <message>
        <source>The voxels measure {} mm; {} to {} mm are expected.</source>
        <translation>体素大小为 {} mm；应为 {} 至 {} mm。</translation>
    </message>
    <message>
        <source>The {of} released models do not agree</source>
        <translation>{of} 个正式发布的模型结论不一致</translation>
    </message>
    <message>
        <source>The {} stored in the model file is not readable.</source>
        <translation>模型文件中存储的 {} 无法读取。</translation>
    </message>
    <message>
        <source>There are no DICOM images in this folder.</source>
        <translation>此文件夹中没有 DICOM 图像。</translation>
    </message>
    <message>
        <source>There are only overview images or images without a position, no slices.</source>
        <translation>只有定位像或无位置信息的图像，没有层面。</translation>
    </message>
    <message>
        <source>There is no box to show.</source>
        <translation>没有可显示的框。</translation>
    </message>
    <message>
        <source>There is no decoder for the transfer syntax {}; re-export uncompressed.</source>
        <translation>没有传输语法 {} 的解码器；请以未压缩格式重新导出。</translation>
    </message>
    <message>
        <source>There is no model named {}; known: {}.</source>
        <translation>没有名为 {} 的模型；已知：{}。</translation>
    </message>
    <message>
        <source>There is no other series beside this scan.</source>
        <translation>除此扫描外没有其他序列。</translation>
    </message>
    <message>
        <source>There is no such series; {} can be opened here.</source>
        <translation>没有该序列；此处可打开 {} 个序列。</translation>
    </message>
    <message>
        <source>There is too little room on the disk to unpack the ZIP file.</source>
        <translation>磁盘空间不足，无法解压 ZIP 文件。</translation>
    </message>
    <message>
        <source>These files carry the patient&apos;s name and number, as the scan does: they belong into the same study. A new folder is made for them where you say.</source>
        <translation>这些文件与扫描一样带有患者的姓名和编号：它们属于同一检查。将在您指定的位置为其新建一个文件夹。</translation>
    </message>
    <message>
        <source>These images are not a CT (Modality is not CT).</source>
        <translation>这些图像不是 CT（Modality 不是 CT）。</translation>
    </message>
    <message>
        <source>This file is not an image of a CT series.</source>
        <translation>此文件不是 CT 序列的图像。</translation>
    </message>
    <message>
        <source>This installation has no decoder for JPEG images (package imagecodecs).</source>
        <translation>此安装没有 JPEG 图像解码器（imagecodecs 包）。</translation>
    </message>
    <message>
        <source>This is a file of the open scan. Choose another name.</source>
        <translation>这是当前打开的扫描的文件。请选择其他名称。</translation>
    </message>
    <message>
        <source>This is a heat map that AnkleViewer wrote, not a scan.</source>
        <translation>这是 AnkleViewer 写出的热图，不是扫描。</translation>
    </message>
    <message>
        <source>This is neither a NIfTI file nor a DICOM image.</source>
        <translation>这既不是 NIfTI 文件，也不是 DICOM 图像。</translation>
    </message>
    <message>
        <source>This is no session that this version of the program can read.</source>
        <translation>此版本的程序无法读取该会话。</translation>
    </message>
    <message>
        <source>This is not an ordinary file.</source>
        <translation>这不是普通文件。</translation>
    </message>
    <message>
        <source>This map stays below its floor and shows nothing.</source>
        <translation>该热图低于其下限，不显示任何内容。</translation>
    </message>
    <message>
        <source>This point belongs in the {planes} view</source>
        <translation>此点应在{planes}视图中设置</translation>
    </message>
    <message>
        <source>This point lies outside of the scan</source>
        <translation>该点位于扫描范围之外</translation>
    </message>
    <message>
        <source>This scan is not a DICOM series: there is no study that results could belong to.</source>
        <translation>此扫描不是 DICOM 序列：没有结果可以归属的检查。</translation>
    </message>
    <message>
        <source>This step of the review could not be written to the disk; it is kept until the program is closed.</source>
        <translation>此复核步骤无法写入磁盘；在程序关闭之前会保留。</translation>
    </message>
    <message>
        <source>Three further places are smaller.</source>
        <translation>另有三处较小。</translation>
    </message>
    <message>
        <source>Tibia and malleoli do not stand to each other as in an ankle, or too little of them is in the scan.</source>
        <translation>胫骨与内外踝的相对位置不像踝关节，或扫描中包含过少。</translation>
    </message>
    <message>
        <source>Tibia to fibula in front, in the middle and at the back of the fibular notch. After Nault et al., J Orthop Trauma 2013; 27: 638.</source>
        <translation>在腓骨切迹前、中、后处的胫腓间距。参照 Nault et al., J Orthop Trauma 2013; 27: 638。</translation>
    </message>
    <message>
        <source>Tibiofibular distance, 10 mm above the joint</source>
        <translation>下胫腓间距，关节上方 10 mm</translation>
    </message>
    <message>
        <source>To try it by itself: ankleviewer models verify {}</source>
        <translation>单独检查该模型：ankleviewer models verify {}</translation>
    </message>
    <message>
        <source>Too little of the tibia&apos;s shaft lies in the scan to tell its axis.</source>
        <translation>扫描中胫骨干过少，无法确定其轴线。</translation>
    </message>
    <message>
        <source>Top</source>
        <translation>俯视</translation>
    </message>
    <message>
        <source>Turn the other planes left</source>
        <translation>将其他平面向左旋转</translation>
    </message>
    <message>
        <source>Turn the other planes right</source>
        <translation>将其他平面向右旋转</translation>
    </message>
    <message>
        <source>Turn the planes onto the ankle first</source>
        <translation>请先将平面对准踝关节</translation>
    </message>
    <message>
        <source>Two further places are smaller.</source>
        <translation>另有两处较小。</translation>
    </message>
    <message>
        <source>Two points cannot lie at the same place</source>
        <translation>两点不能位于同一位置</translation>
    </message>
    <message>
        <source>Uncertain</source>
        <translation>不确定</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Unpacking</source>
        <translation>正在解压</translation>
    </message>
    <message>
        <source>Unsure</source>
        <translation>不确定</translation>
    </message>
    <message>
        <source>Vessel or nutrient canal</source>
        <translation>血管或滋养管</translation>
    </message>
    <message>
        <source>Volume rendering</source>
        <translation>容积再现</translation>
    </message>
    <message>
        <source>Volume rendering in software too</source>
        <translation>无显卡时也使用容积再现</translation>
    </message>
    <message>
        <source>What comes from the model is hidden</source>
        <translation>来自模型的内容已隐藏</translation>
    </message>
    <message>
        <source>What the 3D view shows</source>
        <translation>3D 视图的显示内容</translation>
    </message>
    <message>
        <source>What the model learned from is not known, nor its accuracy in patients.</source>
        <translation>该模型的训练数据未知，其对真实患者的准确性亦未知。</translation>
    </message>
    <message>
        <source>What was assessed and what was not</source>
        <translation>已评估和未评估的内容</translation>
    </message>
    <message>
        <source>What you conclude of this ankle yourself, whatever the models say; again: take it back</source>
        <translation>您本人对该踝关节的判断，与模型无关；再按一次：撤回</translation>
    </message>
    <message>
        <source>Wheel, Up, Down</source>
        <translation>滚轮、↑、↓</translation>
    </message>
    <message>
        <source>Where the model looked</source>
        <translation>模型关注的位置</translation>
    </message>
    <message>
        <source>Where the model looked, in words</source>
        <translation>模型关注的位置（文字说明）</translation>
    </message>
    <message>
        <source>Why finding {number} is rejected</source>
        <translation>排除发现 {number} 的原因</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗宽/窗位</translation>
    </message>
    <message>
        <source>Without cast and splint</source>
        <translation>不含石膏和夹板</translation>
    </message>
    <message>
        <source>Without cast, splint and table</source>
        <translation>不含石膏、夹板和检查床</translation>
    </message>
    <message>
        <source>Without cast, splint and table; bone that touches them may lack a little of its surface.</source>
        <translation>不含石膏、夹板和检查床；与其接触的骨可能缺少少许表面。</translation>
    </message>
    <message>
        <source>Without the foot (disarticulate)</source>
        <translation>去除足部（离断）</translation>
    </message>
    <message>
        <source>Without the foot; pieces of the malleoli may be missing with it.</source>
        <translation>已去除足部；内外踝的部分骨块可能也一并缺失。</translation>
    </message>
    <message>
        <source>Writing results</source>
        <translation>正在写入结果</translation>
    </message>
    <message>
        <source>Your own keys</source>
        <translation>自定义快捷键</translation>
    </message>
    <message>
        <source>Your own reading</source>
        <translation>本人判读</translation>
    </message>
    <message>
        <source>Your own reading is taken back</source>
        <translation>本人判读已撤回</translation>
    </message>
    <message>
        <source>Your own reading: {verdict}</source>
        <translation>本人判读：{verdict}</translation>
    </message>
    <message>
        <source>[ and ]</source>
        <translation>[ 和 ]</translation>
    </message>
    <message>
        <source>a point must lie where a scan may, is {}</source>
        <translation>点必须位于扫描可能的范围内，现为 {}</translation>
    </message>
    <message>
        <source>a side of the region is shorter than 0.1 mm</source>
        <translation>感兴趣区的一边短于 0.1 mm</translation>
    </message>
    <message>
        <source>about {mm} mm above the {joint}</source>
        <translation>{joint}上方约 {mm} mm</translation>
    </message>
    <message>
        <source>about {mm} mm below the {joint}</source>
        <translation>{joint}下方约 {mm} mm</translation>
    </message>
    <message>
        <source>above plafond</source>
        <translation>胫骨穹窿上方</translation>
    </message>
    <message>
        <source>accept, reject the selected finding; again: take it back</source>
        <translation>确认、排除所选发现；再按一次撤回</translation>
    </message>
    <message>
        <source>analyse</source>
        <translation>分析</translation>
    </message>
    <message>
        <source>angle</source>
        <translation>角度</translation>
    </message>
    <message>
        <source>ankle not whole in the scan</source>
        <translation>踝关节在扫描中不完整</translation>
    </message>
    <message>
        <source>anterior</source>
        <translation>前部</translation>
    </message>
    <message>
        <source>area</source>
        <translation>面积</translation>
    </message>
    <message>
        <source>as thin as others, with a bone kernel</source>
        <translation>层厚同样薄，且为骨算法</translation>
    </message>
    <message>
        <source>at about {} HU</source>
        <translation>约 {} HU</translation>
    </message>
    <message>
        <source>at the height of the {joint}</source>
        <translation>{joint}水平</translation>
    </message>
    <message>
        <source>at the joint centre</source>
        <translation>位于关节中心</translation>
    </message>
    <message>
        <source>axial</source>
        <translation>轴位</translation>
    </message>
    <message>
        <source>beside the middle of the joint</source>
        <translation>关节中央旁</translation>
    </message>
    <message>
        <source>between the other ankles</source>
        <translation>位于其他踝关节之间</translation>
    </message>
    <message>
        <source>bone beside the joint reaches the side of the scan; a malleolus may be cut off.</source>
        <translation>关节旁的骨延伸到扫描的侧边；踝部可能被截断。</translation>
    </message>
    <message>
        <source>bone, bone sharp, bone narrow, soft tissue, full range, model input</source>
        <translation>骨窗、骨窗（锐利）、骨窗（窄）、软组织窗、全范围、模型输入</translation>
    </message>
    <message>
        <source>bones reach the upper end of the scan, but no joint line was found.</source>
        <translation>骨延伸到扫描的上端，但未找到关节间隙。</translation>
    </message>
    <message>
        <source>both ankles side by side</source>
        <translation>双踝并排对比</translation>
    </message>
    <message>
        <source>change a measure, remove the selected one</source>
        <translation>修改测量，删除所选测量</translation>
    </message>
    <message>
        <source>copy a picture of the view, of the window</source>
        <translation>复制视图、窗口的图像</translation>
    </message>
    <message>
        <source>coronal</source>
        <translation>冠状位</translation>
    </message>
    <message>
        <source>crosshair follows in every view</source>
        <translation>十字线在所有视图中跟随</translation>
    </message>
    <message>
        <source>crosshair one pixel within its slice; with Shift five</source>
        <translation>十字线在层面内移动一个像素；加 Shift 五个</translation>
    </message>
    <message>
        <source>crosshair, corner text</source>
        <translation>十字线、四角信息</translation>
    </message>
    <message>
        <source>directories</source>
        <translation>目录文件</translation>
    </message>
    <message>
        <source>distal tibia, distal fibula and talus</source>
        <translation>胫骨远端、腓骨远端和距骨</translation>
    </message>
    <message>
        <source>edit the box of the selected finding; Ctrl + arrows move it, with Shift its right and lower edge</source>
        <translation>编辑所选发现的框；Ctrl + 方向键移动框，加 Shift 移动右边和下边</translation>
    </message>
    <message>
        <source>end: tool, box, turning, analysis, message, a view that fills the window</source>
        <translation>结束：工具、框、旋转、分析、消息、占满窗口的视图</translation>
    </message>
    <message numerus="yes">
        <source>every %n slices</source>
        <translation>
            <numerusform>每 %n 层</numerusform>
        </translation>
    </message>
    <message>
        <source>every slice</source>
        <translation>每层</translation>
    </message>
    <message>
        <source>fewer than {} slices</source>
        <translation>少于 {} 层</translation>
    </message>
    <message>
        <source>file name hidden</source>
        <translation>文件名已隐藏</translation>
    </message>
    <message>
        <source>files without pixels</source>
        <translation>无像素的文件</translation>
    </message>
    <message>
        <source>first, last slice</source>
        <translation>第一层、最后一层</translation>
    </message>
    <message>
        <source>fit the ankle, the whole scan</source>
        <translation>缩放至踝关节、缩放至整个扫描</translation>
    </message>
    <message>
        <source>five slices</source>
        <translation>五层</translation>
    </message>
    <message>
        <source>fracture</source>
        <translation>骨折</translation>
    </message>
    <message>
        <source>fragment</source>
        <translation>骨折块</translation>
    </message>
    <message>
        <source>from above</source>
        <translation>从上方</translation>
    </message>
    <message>
        <source>from the front</source>
        <translation>从前方</translation>
    </message>
    <message>
        <source>from the left</source>
        <translation>从左侧</translation>
    </message>
    <message>
        <source>from the right</source>
        <translation>从右侧</translation>
    </message>
    <message>
        <source>gap</source>
        <translation>间隙</translation>
    </message>
    <message>
        <source>guided: step-off, posterior fragment, medial clear space, tibiofibular</source>
        <translation>引导测量：台阶、后踝骨折块、内侧间隙、胫腓间距</translation>
    </message>
    <message>
        <source>heat map, boxes, outline or fill</source>
        <translation>热图、框、轮廓或填充</translation>
    </message>
    <message>
        <source>heat maps</source>
        <translation>热图</translation>
    </message>
    <message>
        <source>hide everything that comes from the model</source>
        <translation>隐藏所有来自模型的内容</translation>
    </message>
    <message>
        <source>hide patient and file names, also in pictures</source>
        <translation>隐藏患者姓名和文件名，图像中也隐藏</translation>
    </message>
    <message>
        <source>images of other methods</source>
        <translation>其他成像方式的图像</translation>
    </message>
    <message>
        <source>images that are cut off</source>
        <translation>被截断的图像</translation>
    </message>
    <message>
        <source>images that cannot be read</source>
        <translation>无法读取的图像</translation>
    </message>
    <message>
        <source>images with a wrong number of frames</source>
        <translation>帧数有误的图像</translation>
    </message>
    <message>
        <source>images without position</source>
        <translation>无位置信息的图像</translation>
    </message>
    <message>
        <source>in the middle of the joint</source>
        <translation>关节中央</translation>
    </message>
    <message>
        <source>incomplete</source>
        <translation>不完整</translation>
    </message>
    <message>
        <source>its headers do not say how far the slices are apart</source>
        <translation>头信息未说明层间距</translation>
    </message>
    <message>
        <source>joint line</source>
        <translation>关节间隙</translation>
    </message>
    <message>
        <source>kernel {}</source>
        <translation>重建核 {}</translation>
    </message>
    <message>
        <source>lateral</source>
        <translation>外侧</translation>
    </message>
    <message>
        <source>lateral malleolus</source>
        <translation>外踝</translation>
    </message>
    <message>
        <source>length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>localizers</source>
        <translation>定位像</translation>
    </message>
    <message>
        <source>mark a fracture that was missed, at the crosshair</source>
        <translation>在十字线处标记漏检的骨折</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>平均值</translation>
    </message>
    <message>
        <source>measure a distance, an angle, a region (HU)</source>
        <translation>测量距离、角度、感兴趣区 (HU)</translation>
    </message>
    <message>
        <source>medial</source>
        <translation>内侧</translation>
    </message>
    <message>
        <source>medial clear space</source>
        <translation>内侧间隙</translation>
    </message>
    <message>
        <source>medial malleolus</source>
        <translation>内踝</translation>
    </message>
    <message>
        <source>middle</source>
        <translation>中部</translation>
    </message>
    <message>
        <source>mortise view: along the tibia, through both malleoli</source>
        <translation>踝穴位：沿胫骨、经内外踝</translation>
    </message>
    <message>
        <source>next, previous finding</source>
        <translation>下一个、上一个发现</translation>
    </message>
    <message>
        <source>no fracture</source>
        <translation>无骨折</translation>
    </message>
    <message>
        <source>no fracture found</source>
        <translation>未发现骨折</translation>
    </message>
    <message>
        <source>no key</source>
        <translation>无快捷键</translation>
    </message>
    <message>
        <source>no plain slices: projections, or images of one material or without one</source>
        <translation>不是普通层面：投影，或某一物质的图像、去除某一物质的图像</translation>
    </message>
    <message>
        <source>no voxel of the scan lies inside the region</source>
        <translation>感兴趣区内没有扫描体素</translation>
    </message>
    <message>
        <source>not assessed</source>
        <translation>未评估</translation>
    </message>
    <message>
        <source>not axial</source>
        <translation>非轴位</translation>
    </message>
    <message>
        <source>nowhere</source>
        <translation>未知值</translation>
    </message>
    <message>
        <source>oblique planes and back; reset to the scan&apos;s own</source>
        <translation>切换斜切面；恢复扫描原始平面</translation>
    </message>
    <message>
        <source>one corner</source>
        <translation>一个角</translation>
    </message>
    <message>
        <source>one end</source>
        <translation>一端</translation>
    </message>
    <message>
        <source>one slice</source>
        <translation>一层</translation>
    </message>
    <message>
        <source>one view fills the window, and back</source>
        <translation>单个视图占满窗口，及返回</translation>
    </message>
    <message>
        <source>only {} mm below the joint lie in the scan; the talus is not contained.</source>
        <translation>关节下方仅 {} mm 位于扫描内；未包含距骨。</translation>
    </message>
    <message>
        <source>only {} mm of the tibia above the joint lie in the scan; 14 mm are needed.</source>
        <translation>关节上方的胫骨仅 {} mm 位于扫描内；需要 14 mm。</translation>
    </message>
    <message>
        <source>open a file, a folder, another series of this folder</source>
        <translation>打开文件、文件夹、此文件夹的其他序列</translation>
    </message>
    <message>
        <source>other files</source>
        <translation>其他文件</translation>
    </message>
    <message>
        <source>outside the scan</source>
        <translation>扫描范围外</translation>
    </message>
    <message>
        <source>pan</source>
        <translation>平移</translation>
    </message>
    <message>
        <source>plafond</source>
        <translation>胫骨穹窿</translation>
    </message>
    <message>
        <source>posterior</source>
        <translation>后部</translation>
    </message>
    <message>
        <source>preliminary</source>
        <translation>初步</translation>
    </message>
    <message>
        <source>result column</source>
        <translation>结果栏</translation>
    </message>
    <message>
        <source>sagittal</source>
        <translation>矢状位</translation>
    </message>
    <message>
        <source>save result and review, session</source>
        <translation>保存结果与复核、会话</translation>
    </message>
    <message>
        <source>scroll</source>
        <translation>滚动</translation>
    </message>
    <message>
        <source>set the crosshair</source>
        <translation>定位十字线</translation>
    </message>
    <message>
        <source>share of AP length</source>
        <translation>占前后长度比例</translation>
    </message>
    <message>
        <source>slab: next thickness, next mode (MIP, MinIP, mean)</source>
        <translation>厚层：下一档厚度、下一种模式（MIP、MinIP、平均）</translation>
    </message>
    <message>
        <source>step-off</source>
        <translation>台阶</translation>
    </message>
    <message>
        <source>talar dome</source>
        <translation>距骨穹窿</translation>
    </message>
    <message>
        <source>the back corner of the notch, on the tibia</source>
        <translation>切迹后角，胫骨侧</translation>
    </message>
    <message>
        <source>the back lip of the plafond, on the fragment</source>
        <translation>胫骨穹窿后缘，位于骨折块上</translation>
    </message>
    <message>
        <source>the deepest place of the notch, on the tibia</source>
        <translation>切迹最深处，胫骨侧</translation>
    </message>
    <message>
        <source>the end of one arm</source>
        <translation>一条边的末端</translation>
    </message>
    <message>
        <source>the end of that surface at the fracture</source>
        <translation>该关节面在骨折处的末端</translation>
    </message>
    <message>
        <source>the end of the other arm</source>
        <translation>另一条边的末端</translation>
    </message>
    <message>
        <source>the end of the other fragment&apos;s surface</source>
        <translation>另一骨折块关节面的末端</translation>
    </message>
    <message>
        <source>the field of view ends close to the joint; a malleolus may be cut off.</source>
        <translation>视野在关节附近结束；踝部可能被截断。</translation>
    </message>
    <message>
        <source>the first lip is the front one, and lies behind the second</source>
        <translation>第一个唇应为前唇，但位于第二个之后</translation>
    </message>
    <message>
        <source>the fracture at the joint surface</source>
        <translation>关节面处的骨折线</translation>
    </message>
    <message>
        <source>the fracture lies beside the plafond, not between its lips</source>
        <translation>骨折点位于穹窿之外，不在两唇之间</translation>
    </message>
    <message>
        <source>the front corner of the fibular notch, on the tibia</source>
        <translation>腓骨切迹前角，胫骨侧</translation>
    </message>
    <message>
        <source>the front lip of the plafond</source>
        <translation>胫骨穹窿前缘</translation>
    </message>
    <message>
        <source>the joint lies at the side of the scan and is cut off.</source>
        <translation>关节位于扫描边缘，被截断。</translation>
    </message>
    <message>
        <source>the larger fragment&apos;s joint surface, 10 mm from the fracture</source>
        <translation>较大骨折块的关节面，离骨折线 10 mm 处</translation>
    </message>
    <message>
        <source>the lateral border of the medial malleolus, 5 mm below the talar dome</source>
        <translation>内踝外侧缘，距骨穹窿下方 5 mm</translation>
    </message>
    <message>
        <source>the lateral malleolus</source>
        <translation>外踝</translation>
    </message>
    <message>
        <source>the map as coarse as the paper&apos;s, and back</source>
        <translation>与论文同样粗略的热图，及返回</translation>
    </message>
    <message>
        <source>the medial border of the talus, straight across</source>
        <translation>距骨内侧缘，正对面</translation>
    </message>
    <message>
        <source>the medial malleolus</source>
        <translation>内踝</translation>
    </message>
    <message>
        <source>the middle of the plafond; the axial view then goes 10 mm above it</source>
        <translation>胫骨穹窿中点；轴位视图随后移至其上方 10 mm</translation>
    </message>
    <message>
        <source>the nearest point of the fibula, {}</source>
        <translation>腓骨最近点，{}</translation>
    </message>
    <message>
        <source>the only one without a fault</source>
        <translation>唯一无缺陷的序列</translation>
    </message>
    <message>
        <source>the opposite corner</source>
        <translation>对角</translation>
    </message>
    <message>
        <source>the other end</source>
        <translation>另一端</translation>
    </message>
    <message>
        <source>the region has no area</source>
        <translation>感兴趣区没有面积</translation>
    </message>
    <message>
        <source>the region lies outside the scan</source>
        <translation>感兴趣区位于扫描范围外</translation>
    </message>
    <message>
        <source>the scan ends at or below the lower end of the tibia; the joint cannot be assessed.</source>
        <translation>扫描止于胫骨下端或其下方；无法评估关节。</translation>
    </message>
    <message>
        <source>the talar dome</source>
        <translation>距骨穹窿</translation>
    </message>
    <message>
        <source>the talus is not contained in the scan.</source>
        <translation>扫描中未包含距骨。</translation>
    </message>
    <message>
        <source>the thinnest slices</source>
        <translation>层厚最薄</translation>
    </message>
    <message>
        <source>the vertex</source>
        <translation>顶点</translation>
    </message>
    <message>
        <source>the {} and the {} lie outside of the scan.</source>
        <translation>{}和{}位于扫描范围外。</translation>
    </message>
    <message>
        <source>the {} lies at the end of the scan; a part of it may be cut off.</source>
        <translation>{}位于扫描边缘；其中一部分可能被截断。</translation>
    </message>
    <message>
        <source>the {} lies outside of the scan.</source>
        <translation>{}位于扫描范围外。</translation>
    </message>
    <message>
        <source>the {} was not seen and may lie outside of the scan.</source>
        <translation>未看到{}，它可能在扫描范围之外。</translation>
    </message>
    <message>
        <source>threshold of the heat map, slices and 3D</source>
        <translation>热图阈值，层面与 3D 同步</translation>
    </message>
    <message>
        <source>towards the patient&apos;s back</source>
        <translation>患者后侧</translation>
    </message>
    <message>
        <source>towards the patient&apos;s feet</source>
        <translation>患者足侧</translation>
    </message>
    <message>
        <source>towards the patient&apos;s front</source>
        <translation>患者前侧</translation>
    </message>
    <message>
        <source>towards the patient&apos;s head</source>
        <translation>患者头侧</translation>
    </message>
    <message>
        <source>towards the patient&apos;s left</source>
        <translation>患者左侧</translation>
    </message>
    <message>
        <source>towards the patient&apos;s right</source>
        <translation>患者右侧</translation>
    </message>
    <message>
        <source>turn the two other planes; by key: Alt+Left, Alt+Right</source>
        <translation>旋转另外两个平面；按键：Alt+←、Alt+→</translation>
    </message>
    <message>
        <source>two points of a measure lie at the same place</source>
        <translation>测量的两点位于同一位置</translation>
    </message>
    <message>
        <source>uncertain</source>
        <translation>不确定</translation>
    </message>
    <message>
        <source>undo, redo</source>
        <translation>撤销、重做</translation>
    </message>
    <message>
        <source>unreadable files</source>
        <translation>无法读取的文件</translation>
    </message>
    <message>
        <source>voxels</source>
        <translation>体素</translation>
    </message>
    <message>
        <source>while measuring: set a point, at the crosshair; Backspace: one back; Esc: end</source>
        <translation>测量时：定点、在十字线处定点；Backspace：退回一点；Esc：结束</translation>
    </message>
    <message>
        <source>window and level</source>
        <translation>窗宽/窗位</translation>
    </message>
    <message>
        <source>your own reading: fracture, no fracture, unsure; again: take it back</source>
        <translation>本人判读：骨折、无骨折、不确定；再按一次：撤回</translation>
    </message>
    <message>
        <source>zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>{across} and {along}</source>
        <translation>{across}{along}</translation>
    </message>
    <message>
        <source>{agree} of {of} models agree: {call}</source>
        <translation>{of} 个模型中 {agree} 个一致：{call}</translation>
    </message>
    <message>
        <source>{call}: show this model&apos;s boxes and heat map</source>
        <translation>{call}：显示此模型的框和热图</translation>
    </message>
    <message>
        <source>{cells}³ cells of {edge} mm</source>
        <translation>{cells}³ 个单元，每个边长 {edge} mm</translation>
    </message>
    <message>
        <source>{columns} × {rows} pixels</source>
        <translation>{columns} × {rows} 像素</translation>
    </message>
    <message>
        <source>{engine} answers otherwise than the CPU on this computer. It is no longer used; the scan is analysed again.</source>
        <translation>{engine} 在本计算机上的结果与 CPU 不一致，已停用；正在重新分析该扫描。</translation>
    </message>
    <message>
        <source>{mm} mm thick</source>
        <translation>层厚 {mm} mm</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{count}; just above the threshold of {threshold}</source>
        <translation>{count}；略高于阈值 {threshold}</translation>
    </message>
    <message>
        <source>save report, results for the PACS, picture</source>
        <translation>保存报告、供 PACS 使用的结果、图片</translation>
    </message>
    <message>
        <source>{head}: {text}</source>
        <translation>{head}：{text}</translation>
    </message>
    <message>
        <source>{key} belongs to the views and to moving between controls; it cannot be given away.</source>
        <translation>{key} 用于视图操作和控件间移动，不能另作他用。</translation>
    </message>
    <message>
        <source>{key} belongs to: {names}. Assigning it takes it away there.</source>
        <translation>{key} 已用于：{names}。指定后原命令将失去该键。</translation>
    </message>
    <message>
        <source>{mm} mm above the joint centre</source>
        <translation>关节中心上方 {mm} mm</translation>
    </message>
    <message>
        <source>{mm} mm apart</source>
        <translation>间隔 {mm} mm</translation>
    </message>
    <message>
        <source>{mm} mm behind the joint centre</source>
        <translation>关节中心后方 {mm} mm</translation>
    </message>
    <message>
        <source>{mm} mm below the joint centre</source>
        <translation>关节中心下方 {mm} mm</translation>
    </message>
    <message>
        <source>{mm} mm in front of the joint centre</source>
        <translation>关节中心前方 {mm} mm</translation>
    </message>
    <message>
        <source>{mm} mm lateral of the joint centre</source>
        <translation>关节中心外侧 {mm} mm</translation>
    </message>
    <message>
        <source>{mm} mm medial of the joint centre</source>
        <translation>关节中心内侧 {mm} mm</translation>
    </message>
    <message>
        <source>{mm} mm to the left of the joint centre</source>
        <translation>关节中心左侧 {mm} mm</translation>
    </message>
    <message>
        <source>{mm} mm to the right of the joint centre</source>
        <translation>关节中心右侧 {mm} mm</translation>
    </message>
    <message>
        <source>{number} edited</source>
        <translation>{number} 已修改</translation>
    </message>
    <message>
        <source>{number} of {count}</source>
        <translation>{number}/{count}</translation>
    </message>
    <message>
        <source>{number} {what}</source>
        <translation>{number} 个{what}</translation>
    </message>
    <message>
        <source>{plane} only</source>
        <translation>单视图：{plane}</translation>
    </message>
    <message>
        <source>{plane} slices</source>
        <translation>{plane}层面</translation>
    </message>
    <message>
        <source>{position} mm;  size {size} mm</source>
        <translation>{position} mm；大小 {size} mm</translation>
    </message>
    <message>
        <source>{share} % of the map</source>
        <translation>占热图 {share}%</translation>
    </message>
    <message>
        <source>{title}, version {version}</source>
        <translation>{title}，版本 {version}</translation>
    </message>
    <message>
        <source>{variable} in the environment decides the language of the window</source>
        <translation>窗口语言由环境变量 {variable} 决定</translation>
    </message>
    <message>
        <source>{where}, near {name}</source>
        <translation>{where}，靠近{name}</translation>
    </message>
    <message>
        <source>{} MB claim to hold {} MB; that is more than a scan is compressed.</source>
        <translation>{} MB 声称含 {} MB；扫描不会有如此高的压缩比。</translation>
    </message>
    <message>
        <source>{} MB inflate to more than {} MB.</source>
        <translation>{} MB 解压后超过 {} MB。</translation>
    </message>
    <message>
        <source>{} MB on disk claim to hold {} MB; more than {} : 1 is not read.</source>
        <translation>磁盘上的 {} MB 声称含 {} MB；压缩比超过 {} : 1 的不予读取。</translation>
    </message>
    <message>
        <source>{} did not start; another engine was used.</source>
        <translation>{} 未能启动；已改用其他计算引擎。</translation>
    </message>
    <message>
        <source>{} did not start; the CPU was used.</source>
        <translation>{} 未能启动；已改用 CPU。</translation>
    </message>
    <message>
        <source>{} failed; another engine was used.</source>
        <translation>{} 运行失败；已改用其他计算引擎。</translation>
    </message>
    <message>
        <source>{} failed; the CPU was used.</source>
        <translation>{} 运行失败；已改用 CPU。</translation>
    </message>
    <message numerus="yes">
        <source>{} image(s) are contained twice; the copies were left out.</source>
        <translation>
            <numerusform>{} 幅图像重复；副本已略去。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{} image(s) are empty, cut off within their header or unreadable, and were left out: slices may be missing.</source>
        <translation>
            <numerusform>{} 幅图像为空、在头信息内被截断或无法读取，已略去：可能缺少层面。</numerusform>
        </translation>
    </message>
    <message>
        <source>{} is not available on this computer; the CPU was used.</source>
        <translation>此计算机上没有 {}；已改用 CPU。</translation>
    </message>
    <message>
        <source>{} is not the file that its record describes.</source>
        <translation>{} 不是其记录所描述的文件。</translation>
    </message>
    <message>
        <source>{} mm of {} mm</source>
        <translation>{} mm / {} mm</translation>
    </message>
    <message>
        <source>{} mm thick</source>
        <translation>层厚 {} mm</translation>
    </message>
    <message>
        <source>{} of model {} is not the file that its manifest describes.</source>
        <translation>模型 {1} 的 {0} 不是其清单所描述的文件。</translation>
    </message>
    <message>
        <source>{} of pack {} cannot be read (error {}).</source>
        <translation>无法读取包 {1} 中的 {0}（错误 {2}）。</translation>
    </message>
    <message>
        <source>{} of pack {} is no ordinary file.</source>
        <translation>包 {1} 中的 {0} 不是普通文件。</translation>
    </message>
    <message>
        <source>{} of the scan&apos;s {} DICOM files are still where it was read from; open it anew.</source>
        <translation>仍在原读取位置的 DICOM 文件有 {} 个（该扫描共 {} 个）；请重新打开。</translation>
    </message>
    <message>
        <source>{} of what is not air is denser than {} HU: metal. Its streaks can hide or imitate a fracture.</source>
        <translation>非空气部分中有 {} 密度高于 {} HU：金属。其条状伪影可能掩盖或酷似骨折。</translation>
    </message>
    <message>
        <source>{}: slices are missing in the cube around the joint that the models see and were filled in.</source>
        <translation>{}：模型所见的关节周围立方体内缺少层面，已被填补。</translation>
    </message>
    <message>
        <source>{} of the voxels are denser than {} HU; {} to {} are expected in a CT of bones.</source>
        <translation>{} 的体素密度高于 {} HU；骨 CT 中应为 {} 至 {}。</translation>
    </message>
    <message numerus="yes">
        <source>{} image(s) of the series do not tell their place and were left out: slices may be missing.</source>
        <translation>
            <numerusform>该序列有 {} 幅图像未说明其位置，已略去：可能缺少层面。</numerusform>
        </translation>
    </message>
    <message>
        <source>{} of the voxels are not numbers; at most {} may be.</source>
        <translation>{} 的体素不是数字；最多允许 {}。</translation>
    </message>
    <message>
        <source>{} of {} images do not say how their numbers become HU (no rescale tags), and the others do.</source>
        <translation>{1} 幅图像中有 {0} 幅未说明其数值如何换算为 HU（无 Rescale 标签），而其余图像有说明。</translation>
    </message>
    <message>
        <source>{} of {} images lie in another direction or have another size and were left out.</source>
        <translation>{1} 幅图像中有 {0} 幅方向或大小不同，已略去。</translation>
    </message>
    <message numerus="yes">
        <source>{} place(s) hold two different images; which one is right is unknown.</source>
        <translation>
            <numerusform>{} 处各有两幅不同的图像；不知哪一幅正确。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{} slice(s) are missing after slice {}; they are filled in and marked, and nothing is detected there.</source>
        <translation>
            <numerusform>第 {1} 层之后缺失 {0} 层；已填补并标记，该处不作检测。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{} slices are missing in {} place(s); one gap of at most {} is accepted.</source>
        <translation>
            <numerusform>{1} 处共缺失 {0} 层；最多接受一处 {2} 层的缺口。</numerusform>
        </translation>
    </message>
    <message>
        <source>{} to {} HU</source>
        <translation>{} 至 {} HU</translation>
    </message>
    <message>
        <source>{} voxels are not numbers and are shown as air.</source>
        <translation>{} 个体素不是数字，显示为空气。</translation>
    </message>
    <message>
        <source>{}: 1 slice</source>
        <translation>{}：1 层</translation>
    </message>
    <message>
        <source>{}: the heel lies towards the patient&apos;s front, as if the patient had lain the other way than the file says; its letters for left, right, front and back may be wrong.</source>
        <translation>{}：足跟朝向患者前方，患者实际体位可能与文件所记不同；文件中的左、右、前、后标记可能有误。</translation>
    </message>
    <message>
        <source>{}: the leg is {}° from upright in the scan; it was turned for the models, which may overlook more in it. Check whether the scan&apos;s orientation is right.</source>
        <translation>{}：小腿在扫描中偏离直立方向 {}°；已为模型转正，模型在其中可能漏掉更多。请检查扫描的方位是否正确。</translation>
    </message>
    <message>
        <source>{}; with {} held: {}</source>
        <translation>{}；按住 {} 时：{}</translation>
    </message>
    <message>
        <source>✓ Accept</source>
        <translation>✓ 确认</translation>
    </message>
    <message>
        <source>✕ Reject</source>
        <translation>✕ 排除</translation>
    </message>
</context>
</TS>
